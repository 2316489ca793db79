// What is saved here as others read it: adapters in PEFT's format, merged models.
//
// With TUNEVAL_EXPORT_FOLDER set the folders stay there, for oracle/check_export.py to load them
// with peft and transformers.
#include "framework/model/export.h"
#include "framework/model/adapter.h"
#include "framework/model/mapped_file.h"
#include "tests/support/folder.h"
#include "tests/support/toy_models.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>

namespace tuneval::test {
namespace {

namespace fs = std::filesystem;

/// Of the largest logit: merged weights are rounded once more.
constexpr double kMergedTolerance = 1e-5;

class ExportParity : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const char* kept = std::getenv("TUNEVAL_EXPORT_FOLDER");
    folder = (kept ? fs::path(kept) : scratch.path()) / GetParam();
    fs::remove_all(folder);
    write_toy(GetParam(), folder / "base");
    model = load_model(all_plugins(), folder / "base", {});
    attach_fresh_adapter(find_targets(model, {"all-linear"}), shape, 7);
    at::manual_seed(7);
    const at::NoGradGuard no_grad;  // B is zero in a fresh one: nothing would show
    for (auto& [name, linear] : find_targets(model, {"all-linear"})) {
      at::Tensor b = linear->adapter()->b;
      b.copy_(0.05 * at::randn_like(b));
    }
    save_adapter(model, shape, folder / "adapter");
    expected = logits_of(*model.lm, rows);
    save_logits();
  }
  /// As check_export.py reads them: int64 [rows, time], −1 where a row has ended; float32 [rows,
  /// time, vocabulary].
  void save_logits() const {
    const auto time = int64_t(rows.front().size());
    at::Tensor ids = at::full({int64_t(rows.size()), time}, -1, at::kLong);
    at::Tensor logits = at::zeros({int64_t(rows.size()), time, expected[0].size(1)});
    for (size_t row = 0; row < rows.size(); ++row) {
      const auto length = int64_t(rows[row].size());
      ids[int64_t(row)].narrow(0, 0, length).copy_(at::tensor(rows[row], at::kLong));
      logits[int64_t(row)].narrow(0, 0, length).copy_(expected[row]);
    }
    save_tensors(folder / "logits.safetensors", {{"input_ids", ids}, {"logits", logits}});
  }
  double difference(const LoadedModel& other) const {
    const auto found = logits_of(*other.lm, rows);
    double largest = 0.0;
    for (size_t row = 0; row < rows.size(); ++row) {
      largest = std::max(largest, relative_difference(found[row], expected[row]));
    }
    return largest;
  }

  const AdapterShape shape = {4, 8.0, 0.0};
  const TokenRows rows = {random_ids(19, 1), random_ids(7, 2), random_ids(1, 3)};
  TempFolder scratch;
  fs::path folder;
  LoadedModel model;
  std::vector<at::Tensor> expected;
};

TEST_P(ExportParity, TheAdapterReadAgainGivesTheSameBits) {
  LoadedModel again = load_model(all_plugins(), folder / "base", {});
  EXPECT_GT(difference(again), 0.01);  // without it they are others
  load_adapter(again, folder / "adapter");
  EXPECT_EQ(difference(again), 0.0);
}

TEST_P(ExportParity, TheMergedModelGivesTheSame) {
  const ExportedModel made =
      export_merged(all_plugins(), folder / "base", folder / "adapter", folder / "merged");
  EXPECT_EQ(made.merged, int64_t(find_targets(model, {"all-linear"}).size()));
  const double largest = difference(load_model(all_plugins(), folder / "merged", {}));
  EXPECT_LT(largest, kMergedTolerance);
  RecordProperty("worst", fmt::format("{:.2e}", largest));
}

INSTANTIATE_TEST_SUITE_P(Models, ExportParity,
                         testing::Values("qwen3_tied", "qwen3_yarn", "llama_smol", "llama_bias",
                                         "gemma3_window", "gemma3_untied", "gemma3_vision",
                                         "lfm2_indices", "lfm2_types"),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace tuneval::test
