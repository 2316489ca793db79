#pragma once

#include "framework/model/loaded_model.h"
#include "framework/tune/loss.h"

#include <nlohmann/json.hpp>

#include <cstdint>

namespace tuneval::bench {

/// Floating-point operations of a LoRA step's matrix products, two for each multiplication and
/// addition: what the step has to compute, however it does it.
struct StepFlops {
  int64_t linear = 0;      ///< frozen Linears: forward and input gradient
  int64_t adapters = 0;    ///< adapter products, forward and backward
  int64_t vocabulary = 0;  ///< logits at the distinct label positions, forward and backward
  int64_t attention = 0;   ///< scores and values over each token's ancestors, forward and backward
  int64_t again = 0;       ///< layers computed a second time; part of none of the above

  StepFlops& operator+=(const StepFlops& other);
  nlohmann::ordered_json json() const;
};

/// Those of one batch. Attention windows are not heeded.
StepFlops count_flops(const LoadedModel& model, const LossBatch& batch, double recomputed);

/// The fastest rate of LibTorch's own float32 product over the shapes that the model's Linears have
/// for a batch of `tokens`, and the rate of all of them together as often as a step has them:
/// {"gemm_peak", "gemm_of_shapes"} in operations a second, {"gemm_shapes"} one by one.
nlohmann::ordered_json measure_gemm(const LoadedModel& model, int64_t tokens);

}  // namespace tuneval::bench
