// Forests on the device: against separate rows there, and against the CPU's float32.
#include "tests/device/device.h"
#include "tests/parity/cached.h"
#include "tests/parity/forests.h"
#include "tests/parity/losses.h"

#include <fmt/format.h>

namespace tuneval::test {
namespace {

using at::Tensor;

class ForestOnDevice : public OnDevice {
 protected:
  void expect_near(const Tensor& found, const Tensor& expected, const std::string& what) {
    const double difference = relative_difference(found, expected);
    EXPECT_LT(difference, bounds().logits) << what;
    worst = std::max(worst, difference);
  }
  void TearDown() override { RecordProperty("worst", fmt::format("{:.2e}", worst)); }

  double worst = 0.0;
};

TEST_P(ForestOnDevice, LogitsAreThoseOfSeparateRowsAndOfTheCpu) {
  for (const ForestCase& one : forest_cases()) {
    SCOPED_TRACE(one.name);
    const auto together = logits_of(*device.lm, one.rows), expected = logits_of(*cpu.lm, one.rows);
    for (size_t row = 0; row < one.rows.size(); ++row) {
      expect_near(together[row], expected[row], "the CPU's");
      if (row % 4 != 0) continue;  // each by itself is slow
      expect_near(together[row], logits_of(*device.lm, {one.rows[row]}).front(), "a row by itself");
    }
  }
}

TEST_P(ForestOnDevice, BatchesThatFollowEachOtherThroughACacheEqualOne) {
  const auto whole = [&](const Forest& forest) {
    return logits_of(*device.lm, make_batch(forest, device.device), nullptr);
  };
  const Forest row = make_forest(TokenRows{random_ids(33, 1)});
  for (const int64_t prefill : {1, 20}) {
    expect_near(logits_in_parts(*device.lm, row, cuts_of(row, prefill, 1)), whole(row), "a row");
  }
  for (const ForestCase& one : forest_cases()) {
    SCOPED_TRACE(one.name);
    const Forest forest = make_forest(one.rows);
    const Tensor expected = whole(forest);
    expect_near(logits_with_leaves_last(*device.lm, forest), expected, "the last tokens");
    expect_near(logits_in_parts(*device.lm, forest, cuts_of(forest, 37, 37)), expected, "blocks");
  }
}

/// All gradients as one vector, on the CPU.
Tensor joined_gradients(const CausalLm& lm) {
  std::vector<Tensor> parts;
  for (const auto& [name, gradient] : gradients_of(lm)) {
    parts.push_back(gradient.to(at::TensorOptions(at::kCPU).dtype(at::kDouble)).flatten());
  }
  return at::cat(parts);
}

TEST_P(ForestOnDevice, LossAndGradientsAreTheCpus) {
  for (const ForestCase& one : forest_cases()) {
    SCOPED_TRACE(one.name);
    const auto examples = examples_of(one);
    const auto rows = pointers_to(examples);
    const double scale = 1.0 / double(count_targets(rows, LossOn::completion));
    double loss[2];
    for (LoadedModel* model : {&cpu, &device}) {
      ask_for_gradients(*model->lm);
      const LossBatch batch = make_loss_batch(rows, LossOn::completion, model->device);
      loss[model == &device] = compute_loss(*model->lm, batch, scale, /*backward=*/true);
    }
    EXPECT_NEAR(loss[1], loss[0], bounds().loss * loss[0]);
    const auto found = gradients_of(*device.lm), expected = gradients_of(*cpu.lm);
    ASSERT_EQ(found.size(), expected.size());
    if (dtype() == "float32") {
      for (const auto& [name, gradient] : expected) {
        EXPECT_LT(relative_difference(found.at(name), gradient), bounds().gradients) << name;
      }
    } else {  // of all together: where one is small its rounding may be all of it
      const Tensor a = joined_gradients(*device.lm), b = joined_gradients(*cpu.lm);
      const double apart = ((a - b).norm() / b.norm()).item<double>();
      EXPECT_LT(apart, bounds().gradients);
      worst = std::max(worst, apart);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, ForestOnDevice,
                         testing::Combine(device_models(), device_formats()), on_device_name);

}  // namespace
}  // namespace tuneval::test
