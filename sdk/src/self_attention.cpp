#include "tuneval/error.h"
#include "tuneval/layers/attention.h"

#include <fmt/format.h>

#include <cmath>

namespace tuneval {

using at::Tensor;

SelfAttention::SelfAttention(const SelfAttentionOptions& options)
    : head_dim_(options.head_dim),
      layer_(options.layer),
      attention_{
          .scale = options.scale != 0.0 ? options.scale : 1.0 / std::sqrt(double(options.head_dim)),
          .window = options.window} {
  if (options.kv_heads < 1 || options.heads % options.kv_heads != 0) {
    throw Error(fmt::format("SelfAttention: {} key heads do not divide {} heads", options.kv_heads,
                            options.heads));
  }
  const auto linear = [&](const char* name, int64_t in, int64_t out, bool bias) {
    return register_module(name, std::make_shared<Linear>(in, out, bias));
  };
  const int64_t queries = options.heads * head_dim_, keys = options.kv_heads * head_dim_;
  q_ = linear("q_proj", options.width, queries, options.bias);
  k_ = linear("k_proj", options.width, keys, options.bias);
  v_ = linear("v_proj", options.width, keys, options.bias);
  out_ = linear(options.out, queries, options.width, options.out_bias);
  if (!options.head_norm) return;
  q_norm_ = register_module(options.q_norm, options.head_norm());
  k_norm_ = register_module(options.k_norm, options.head_norm());
}
SelfAttention::~SelfAttention() = default;

Tensor SelfAttention::forward(const LayerInput& x, const Rotation& rotation, const Batch& batch,
                              Cache* cache) {
  const auto projected = project(x, {q_.get(), k_.get(), v_.get()});
  const auto heads = [this](const Tensor& y) { return y.unflatten(1, {-1, head_dim_}); };
  const auto turned = [&](const Tensor& y, const std::shared_ptr<RmsNorm>& norm) {
    return rotation.apply(norm ? norm->forward(heads(y)) : heads(y));
  };
  const Tensor q = turned(projected[0], q_norm_), k = turned(projected[1], k_norm_);
  return out_->forward(attend(q, k, heads(projected[2]), batch, cache, layer_, attention_));
}

}  // namespace tuneval
