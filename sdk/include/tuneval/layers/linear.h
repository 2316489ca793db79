#pragma once

#include "tuneval/abi.h"

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

namespace tuneval {

/// Low-rank weights beside a frozen Linear: y = x Wᵀ + scale · dropout(x) Aᵀ Bᵀ
/// (Hu et al. 2021, "LoRA", eq. 3). Its dtype may be wider than the layer's: a bfloat16 model is
/// tuned with float32 adapters, as PEFT does.
struct Adapter {
  at::Tensor a;          ///< [rank, in]
  at::Tensor b;          ///< [out, rank]
  double scale = 1.0;    ///< alpha / rank
  double dropout = 0.0;  ///< probability, in training only
};

/// W + scale · B A: a new float32 tensor, as the reference implementation merges whatever dtype W
/// is stored in.
TUNEVAL_API at::Tensor merged_weight(const at::Tensor& weight, const Adapter& adapter);

/// What goes into a layer, and how to make it again: where a Linear needs it on the way back, it
/// keeps the parts, which others keep anyway, in place of the value.
struct LayerInput {
  /// From a tensor that is kept itself.
  // NOLINTNEXTLINE(google-explicit-constructor): every tensor is one
  LayerInput(const at::Tensor& x) : value(x) {}
  LayerInput(const at::Tensor& x, std::vector<at::Tensor> from,
             at::Tensor (*how)(const std::vector<at::Tensor>& parts))
      : value(x), parts(std::move(from)), make(how) {}

  at::Tensor value;
  std::vector<at::Tensor> parts;  ///< empty: the value itself is kept
  at::Tensor (*make)(const std::vector<at::Tensor>& parts) = nullptr;  ///< the same bits as value
};

/// x Wᵀ for x [tokens, in], W [out, in]. W may be stored in bfloat16 or float16 where x is float32:
/// it is widened as it is read, and every product is formed in float32.
TUNEVAL_API at::Tensor product(const at::Tensor& x, const at::Tensor& weight);

class Linear;

/// What several layers make of one input, each as its own `forward` would: [tokens, out] each.
/// Together they keep the input once, and its gradient is summed in place.
TUNEVAL_API std::vector<at::Tensor> project(const LayerInput& x,
                                            std::initializer_list<Linear*> linears);

/// A linear layer that may carry an adapter. `torch::nn::Linear` cannot: its forward is not
/// virtual.
class TUNEVAL_API Linear : public torch::nn::Module {
 public:
  Linear(int64_t in, int64_t out, bool bias);
  ~Linear() override;

  /// x [tokens, in] → [tokens, out].
  at::Tensor forward(const LayerInput& x);

  /// Attaches an adapter; its tensors become parameters "lora_A" and "lora_B" of this module.
  void attach(Adapter adapter);
  /// Takes the adapter off again.
  void detach_adapter();
  /// The weight becomes `merged_weight`, in the dtype that the BuildScope had; the adapter is gone.
  void merge_adapter();
  const std::optional<Adapter>& adapter() const { return adapter_; }

  int64_t in_features() const { return weight.size(1); }
  int64_t out_features() const { return weight.size(0); }

  at::Tensor weight;  ///< [out, in]; may be stored narrower than what it is multiplied with
  at::Tensor bias;    ///< [out]; undefined without bias

 private:
  at::Tensor complete(const at::Tensor& x, at::Tensor y);
  void unregister_module_parameters();
  friend TUNEVAL_API std::vector<at::Tensor> project(const LayerInput& x,
                                                     std::initializer_list<Linear*> linears);
  at::ScalarType dtype_;  // of the BuildScope
  std::optional<Adapter> adapter_;
};

}  // namespace tuneval
