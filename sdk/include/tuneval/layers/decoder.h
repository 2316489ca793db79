#pragma once

#include "tuneval/layers/embedding.h"
#include "tuneval/layers/linear.h"
#include "tuneval/layers/norm.h"
#include "tuneval/layers/rope.h"
#include "tuneval/model/causal_lm.h"

#include <torch/nn/module.h>

#include <functional>
#include <memory>
#include <vector>

namespace tuneval {

/// What every layer of a forward pass gets beside its input.
struct LayerContext {
  const Batch& batch;
  Cache* cache = nullptr;
  std::vector<Rotation> rotations;  ///< one for each of DecoderOptions::ropes
};

/// One layer of a decoder.
class TUNEVAL_API DecoderLayer : public torch::nn::Module {
 public:
  ~DecoderLayer() override;
  /// x [tokens, width] → the same shape.
  virtual at::Tensor forward(const at::Tensor& x, const LayerContext& context) = 0;
};

struct DecoderOptions {
  int64_t vocabulary = 0;
  int64_t width = 0;
  int64_t layers = 0;
  bool tied = false;             ///< whether the embedding is the vocabulary projection too
  double embedding_scale = 1.0;  ///< on the embeddings, rounded to their dtype
  std::vector<Rope> ropes = {};  ///< those that some layer uses
  std::function<std::shared_ptr<DecoderLayer>(int64_t index)> layer = {};
  std::function<std::shared_ptr<RmsNorm>()> norm = {};  ///< the last one
  /// The checkpoint's names: of what holds all but "lm_head", and of the last norm. A dot in the
  /// first makes modules within modules.
  const char* root = "model";
  const char* last_norm = "norm";
};

/// Embedding, layers, last norm, vocabulary projection: `root`.embed_tokens, `root`.layers.N,
/// `root`.`last_norm`, lm_head where it is not tied.
class TUNEVAL_API DecoderLm : public CausalLm {
 public:
  explicit DecoderLm(const DecoderOptions& options);
  ~DecoderLm() override;

  at::Tensor hidden(const Batch& batch, Cache* cache) override;
  at::Tensor logits(const at::Tensor& hidden) override;

 private:
  std::vector<Rope> ropes_;
  double embedding_scale_;
  std::shared_ptr<Embedding> embed_tokens_;
  std::vector<std::shared_ptr<DecoderLayer>> layers_;
  std::shared_ptr<RmsNorm> norm_;
  std::shared_ptr<Linear> lm_head_;  // none where the embedding takes its place
};

}  // namespace tuneval
