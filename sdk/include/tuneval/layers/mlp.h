#pragma once

#include "tuneval/layers/linear.h"

#include <memory>

namespace tuneval {

enum class Activation { silu, gelu_tanh };

struct GatedMlpOptions {
  bool bias = false;
  Activation activation = Activation::silu;
  /// The checkpoint's names of the three layers.
  const char* gate = "gate_proj";
  const char* up = "up_proj";
  const char* down = "down_proj";
};

/// Gated feed-forward: down(activation(gate(x)) · up(x)) (Shazeer 2020: "SwiGLU" with silu, "GEGLU"
/// with gelu).
class TUNEVAL_API GatedMlp : public torch::nn::Module {
 public:
  GatedMlp(int64_t width, int64_t inner, const GatedMlpOptions& options = {});
  ~GatedMlp() override;

  /// x [tokens, width] → the same shape.
  at::Tensor forward(const LayerInput& x);

 private:
  Activation activation_;
  std::shared_ptr<Linear> gate_, up_, down_;
};

}  // namespace tuneval
