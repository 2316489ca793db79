#include "tuneval/layers/decoder.h"

#include "tuneval/layers/recompute.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/scalar_tensor.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace tuneval {

using at::Tensor;

namespace {

/// The module "a.b" within `whole`, made with those that it lies in.
torch::nn::Module* make_root(torch::nn::Module& whole, std::string_view names) {
  torch::nn::Module* root = &whole;
  while (!names.empty()) {
    const size_t dot = std::min(names.find('.'), names.size());
    root = root->register_module(std::string(names.substr(0, dot)),
                                 std::make_shared<torch::nn::Module>())
               .get();
    names.remove_prefix(std::min(dot + 1, names.size()));
  }
  return root;
}

/// Whether a layer is part of the graph: below the first that learns there is none, and nothing to
/// compute again.
bool is_in_graph(const Tensor& x, const DecoderLayer& layer) {
  if (!at::GradMode::is_enabled()) return false;
  if (x.requires_grad()) return true;
  const auto parameters = layer.parameters();
  return std::ranges::any_of(parameters, [](const Tensor& one) { return one.requires_grad(); });
}

}  // namespace

DecoderLayer::~DecoderLayer() = default;

DecoderLm::DecoderLm(const DecoderOptions& options)
    : ropes_(options.ropes), embedding_scale_(options.embedding_scale) {
  torch::nn::Module* root = make_root(*this, options.root);
  embed_tokens_ = root->register_module(
      "embed_tokens", std::make_shared<Embedding>(options.vocabulary, options.width));
  const auto list = root->register_module("layers", std::make_shared<torch::nn::Module>());
  for (int64_t i = 0; i < options.layers; ++i) {
    layers_.push_back(list->register_module(std::to_string(i), options.layer(i)));
  }
  norm_ = root->register_module(options.last_norm, options.norm());
  if (options.tied) return;
  lm_head_ = register_module("lm_head",
                             std::make_shared<Linear>(options.width, options.vocabulary, false));
}
DecoderLm::~DecoderLm() = default;

Tensor DecoderLm::hidden(const Batch& batch, Cache* cache) {
  Tensor x = embed_tokens_->forward(batch.ids);
  // The factor is rounded as the embeddings are, as the reference implementations do.
  if (embedding_scale_ != 1.0) x = x * at::scalar_tensor(embedding_scale_, x.options());
  const auto context = std::make_shared<LayerContext>(LayerContext{batch, cache, {}});
  for (const Rope& rope : ropes_) {
    context->rotations.push_back(rope.at(batch.positions, x.scalar_type()));
  }
  for (const auto& layer : layers_) {
    const auto block = [layer, context](const Tensor& in) { return layer->forward(in, *context); };
    x = is_in_graph(x, *layer) ? recompute(block, x) : block(x);
  }
  return norm_->forward(x);
}

Tensor DecoderLm::logits(const Tensor& hidden) {
  return lm_head_ ? lm_head_->forward(hidden) : embed_tokens_->project(hidden);
}

}  // namespace tuneval
