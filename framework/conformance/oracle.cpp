#include "framework/conformance/oracle.h"

#include "framework/model/checkpoint.h"
#include "framework/model/loaded_model.h"
#include "tuneval/error.h"
#include "tuneval/layers/build_scope.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace tuneval {

namespace {

namespace fs = std::filesystem;

struct Oracle {
  std::vector<std::vector<int64_t>> rows;
  at::Tensor logits;  // float32 [rows, time, vocabulary]
};

Oracle read_oracle(const fs::path& path) {
  const MappedSafetensors file(path);
  const auto refuse = [&](const std::string& message) {
    throw CheckpointError(fmt::format("{}: {}", path.string(), message));
  };
  const at::Tensor ids = file.tensor("input_ids");
  Oracle oracle{{}, file.tensor("logits")};
  if (ids.scalar_type() != at::kLong || ids.dim() != 2) {
    refuse("\"input_ids\": expected int64 [rows, time]");
  }
  const bool fits = oracle.logits.scalar_type() == at::kFloat && oracle.logits.dim() == 3 &&
                    oracle.logits.size(0) == ids.size(0) && oracle.logits.size(1) == ids.size(1);
  if (!fits) {
    refuse(
        fmt::format("\"logits\": expected float32 [{}, {}, vocabulary]", ids.size(0), ids.size(1)));
  }
  const int64_t* id = ids.data_ptr<int64_t>();
  for (int64_t row = 0; row < ids.size(0); ++row) {
    const int64_t* begin = id + row * ids.size(1);
    const int64_t* end = std::find(begin, begin + ids.size(1), -1);
    if (begin == end) refuse(fmt::format("row {} of \"input_ids\" is empty", row));
    oracle.rows.emplace_back(begin, end);
    for (int64_t one : oracle.rows.back()) {
      if (one >= 0 && one < oracle.logits.size(2)) continue;
      refuse(fmt::format("row {} of \"input_ids\" holds {}: the vocabulary has {}", row, one,
                         oracle.logits.size(2)));
    }
  }
  return oracle;
}

/// Builds a folder's model and reads its weights; no tokenizer is asked for.
std::shared_ptr<CausalLm> open_weights(const Registry& registry, const fs::path& folder,
                                       at::Device device, at::ScalarType dtype) {
  const Config config = read_model_config(folder);
  const auto family = family_for(registry, config);
  const BuildScope scope(device, dtype);
  std::shared_ptr<CausalLm> lm = family->build(config);
  load_weights(*lm, Checkpoint(folder), family->weight_map(config));
  lm->eval();
  return lm;
}

/// Takes a row's logits [time, vocabulary] into the result.
void compare_row(OracleResult& result, int64_t row, const at::Tensor& found,
                 const at::Tensor& expected) {
  const at::Tensor difference = (found - expected).abs();
  const double largest = difference.max().item<double>();
  result.tokens += expected.size(0);
  result.scale = std::max(result.scale, expected.abs().max().item<double>());
  result.same_choice += (found.argmax(-1) == expected.argmax(-1)).sum().item<int64_t>();
  const bool worse = !(largest <= result.largest_absolute);  // NaN is the worst of all
  if (!worse || std::isnan(result.largest_absolute)) return;
  const int64_t place = difference.argmax().item<int64_t>();
  result.largest_absolute = largest;
  result.row = row;
  result.time = place / result.vocabulary;
  result.token = place % result.vocabulary;
  result.found = found[result.time][result.token].item<double>();
  result.expected = expected[result.time][result.token].item<double>();
}

}  // namespace

OracleResult compare_with_oracle(const fs::path& model, const fs::path& oracle_file,
                                 const Registry& registry, const std::string& device_name,
                                 const std::string& dtype_name) {
  const at::NoGradGuard no_grad;
  const Oracle oracle = read_oracle(oracle_file);
  const at::Device device = parse_device(device_name);
  const auto lm = open_weights(registry, model, device, parse_dtype(dtype_name, device));
  const Forest forest = make_forest(oracle.rows);
  const at::Tensor hidden = lm->hidden(make_batch(forest, device), nullptr);

  OracleResult result;
  result.rows = int64_t(oracle.rows.size());
  result.vocabulary = oracle.logits.size(2);
  for (size_t row = 0; row < oracle.rows.size(); ++row) {
    const at::Tensor slots = at::tensor(forest.path(row), at::kLong).to(device);
    const at::Tensor found = lm->logits(hidden.index_select(0, slots)).to(at::kCPU, at::kFloat);
    if (found.size(1) != result.vocabulary) {
      throw CheckpointError(fmt::format("{}: its logits have a vocabulary of {}: {} has {}",
                                        oracle_file.string(), result.vocabulary, model.string(),
                                        found.size(1)));
    }
    const int64_t length = int64_t(oracle.rows[row].size());
    compare_row(result, int64_t(row), found, oracle.logits[int64_t(row)].narrow(0, 0, length));
  }
  result.largest_relative = result.largest_absolute / result.scale;
  return result;
}

}  // namespace tuneval
