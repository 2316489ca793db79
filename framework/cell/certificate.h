#pragma once

#include "framework/data/task_data.h"
#include "framework/model/adapter.h"
#include "framework/model/loaded_model.h"
#include "framework/record/record.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>

namespace tuneval {

/// Bounds on differences of logits, divided by the largest logit; docs/numerics.md has the reasons.
constexpr double kReloadedBound = 1e-5;
constexpr double kMergedBound = 1e-4;
constexpr double kRoundedBoundBfloat16 = 1e-1;
constexpr double kRoundedBoundFloat16 = kRoundedBoundBfloat16 / 8;  // three more bits

struct CertificateOptions {
  /// Where the model's adapter was saved; empty where none is kept: token ids alone are compared.
  std::filesystem::path adapter;
  /// What makes one weight of a weight and its adapter. Tests put a wrong one in its place.
  std::function<at::Tensor(const at::Tensor&, const Adapter&)> merge = merged_weight;
};

/// Shows on sample rows that a tuned model is one thing, however it is looked at: training's token
/// ids are scoring's; the live adapter, the adapter read back from its folder, and the weights with
/// the adapter merged give the same logits. Throws TuneError naming check, row, position and values
/// where they do not. The model is left as it was, to the bit. While merged weights are compared
/// they are in memory beside the model's own: 4 bytes a parameter of the layers with an adapter.
Parity certify(LoadedModel& model, const TaskData& task, const CertificateOptions& options);

/// Throws TuneError where a row is not trained on the prompt's ids that it is scored with. `where`
/// names the row.
void check_token_ids(const TokenizedExample& trained, std::span<const int64_t> scored,
                     const std::string& where);

}  // namespace tuneval
