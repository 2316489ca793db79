#pragma once

#include "tuneval/layers/linear.h"

#include <memory>

namespace tuneval {

/// Gated feed-forward: down(silu(gate(x)) · up(x)) (Shazeer 2020, "SwiGLU"). Modules `gate_proj`,
/// `up_proj`, `down_proj`.
class TUNEVAL_API GatedMlp : public torch::nn::Module {
 public:
  GatedMlp(int64_t width, int64_t inner, bool bias);
  ~GatedMlp() override;

  /// x [tokens, width] → the same shape.
  at::Tensor forward(const at::Tensor& x);

 private:
  std::shared_ptr<Linear> gate_proj_, up_proj_, down_proj_;
};

}  // namespace tuneval
