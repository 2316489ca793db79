// LFM2: gated short convolutions, and attention in the layers that the config names.
#include "tuneval/layers/attention.h"
#include "tuneval/layers/build_scope.h"
#include "tuneval/layers/embedding.h"
#include "tuneval/layers/mlp.h"
#include "tuneval/layers/norm.h"
#include "tuneval/layers/recompute.h"
#include "tuneval/layers/rope.h"
#include "tuneval/layers/short_conv.h"
#include "tuneval/model/family.h"
#include "tuneval/plugin.h"

#include <ATen/TensorOperators.h>

#include <cmath>

namespace {

using at::Tensor;
using namespace tuneval;

/// Whether each layer attends: `layer_types`, or the indices of those that do.
std::vector<bool> attention_layers(const Config& config, int64_t layers) {
  std::vector<bool> attends(size_t(layers), !config.has("full_attn_idxs"));
  if (config.has("layer_types")) {
    const std::vector<std::string> types = config.texts("layer_types");
    if (int64_t(types.size()) != layers) {
      config.fail("layer_types", "has another length than \"num_hidden_layers\"");
    }
    for (size_t i = 0; i < types.size(); ++i) {
      if (types[i] != "full_attention" && types[i] != "conv") {
        config.fail("layer_types", "holds \"" + types[i] + "\": expected full_attention or conv");
      }
      attends[i] = types[i] == "full_attention";
    }
    return attends;
  }
  if (!config.has("full_attn_idxs")) return attends;
  for (const int64_t index : config.integers("full_attn_idxs")) {
    if (index < 0 || index >= layers) {
      config.fail("full_attn_idxs", "holds " + std::to_string(index) + ": there are " +
                                        std::to_string(layers) + " layers");
    }
    attends[size_t(index)] = true;
  }
  return attends;
}

/// Feed-forward width: two thirds of what the config says, times a factor, rounded up.
int64_t inner_width(const Config& config) {
  const bool by_newer_name = !config.has("block_ff_dim") && config.has("intermediate_size");
  const int64_t asked = config.integer(by_newer_name ? "intermediate_size" : "block_ff_dim");
  if (!config.flag_or("block_auto_adjust_ff_dim", true)) return asked;
  const auto scaled =
      int64_t(config.number_or("block_ffn_dim_multiplier", 1.0) * double(2 * asked / 3));
  const int64_t multiple = config.integer_or("block_multiple_of", 256);
  return multiple * ((scaled + multiple - 1) / multiple);
}

struct Shape {
  explicit Shape(const Config& config)
      : width(config.integer("hidden_size")),
        layers(config.integer("num_hidden_layers")),
        heads(config.integer("num_attention_heads")),
        kv_heads(config.integer_or("num_key_value_heads", 8)),
        head_dim(config.integer_or("head_dim", width / heads)),
        inner(inner_width(config)),
        vocabulary(config.integer("vocab_size")),
        taps(config.integer_or("conv_L_cache", 3)),
        eps(config.number_or("norm_eps", 1e-5)),
        conv_bias(config.flag_or("conv_bias", false)),
        tied(config.flag_or("tie_embedding", config.flag_or("tie_word_embeddings", true))),
        attends(attention_layers(config, layers)) {
    if (heads % kv_heads != 0) {
      config.fail("num_key_value_heads", "does not divide \"num_attention_heads\"");
    }
    if (taps < 1) config.fail("conv_L_cache", "is below 1");
  }

  int64_t width, layers, heads, kv_heads, head_dim, inner, vocabulary, taps;
  double eps;
  bool conv_bias, tied;
  std::vector<bool> attends;
};

struct Attention : torch::nn::Module {
  Attention(const Shape& shape, int64_t index) : head_dim(shape.head_dim), layer(index) {
    const auto linear = [&](const char* name, int64_t in, int64_t out) {
      return register_module(name, std::make_shared<Linear>(in, out, false));
    };
    q_proj = linear("q_proj", shape.width, shape.heads * head_dim);
    k_proj = linear("k_proj", shape.width, shape.kv_heads * head_dim);
    v_proj = linear("v_proj", shape.width, shape.kv_heads * head_dim);
    out_proj = linear("out_proj", shape.heads * head_dim, shape.width);
    q_norm = register_module("q_layernorm", std::make_shared<RmsNorm>(head_dim, shape.eps));
    k_norm = register_module("k_layernorm", std::make_shared<RmsNorm>(head_dim, shape.eps));
  }

  Tensor forward(const Tensor& x, const Rotation& rotation, const Batch& batch, Cache* cache) {
    const auto heads = [this](const Tensor& y) { return y.unflatten(1, {-1, head_dim}); };
    const Tensor q = rotation.apply(q_norm->forward(heads(q_proj->forward(x))));
    const Tensor k = rotation.apply(k_norm->forward(heads(k_proj->forward(x))));
    const Tensor v = heads(v_proj->forward(x));
    const AttentionOptions options{.scale = 1.0 / std::sqrt(double(head_dim))};
    return out_proj->forward(attend(q, k, v, batch, cache, layer, options));
  }

  int64_t head_dim, layer;
  std::shared_ptr<Linear> q_proj, k_proj, v_proj, out_proj;
  std::shared_ptr<RmsNorm> q_norm, k_norm;
};

/// One gate before the convolution and one behind it.
struct GatedConv : torch::nn::Module {
  GatedConv(const Shape& shape, int64_t index) : layer(index) {
    const auto linear = [&](const char* name, int64_t out) {
      return register_module(name, std::make_shared<Linear>(shape.width, out, shape.conv_bias));
    };
    conv = register_module("conv",
                           std::make_shared<ShortConv>(shape.width, shape.taps, shape.conv_bias));
    in_proj = linear("in_proj", 3 * shape.width);
    out_proj = linear("out_proj", shape.width);
  }

  Tensor forward(const Tensor& x, const Batch& batch, Cache* cache) {
    const std::vector<Tensor> parts = in_proj->forward(x).chunk(3, 1);
    return out_proj->forward(parts[1] * conv->forward(parts[0] * parts[2], batch, cache, layer));
  }

  int64_t layer;
  std::shared_ptr<ShortConv> conv;
  std::shared_ptr<Linear> in_proj, out_proj;
};

struct Block : torch::nn::Module {
  Block(const Shape& shape, int64_t index) {
    if (shape.attends[size_t(index)]) {
      self_attn = register_module("self_attn", std::make_shared<Attention>(shape, index));
    } else {
      conv = register_module("conv", std::make_shared<GatedConv>(shape, index));
    }
    feed_forward = register_module(
        "feed_forward",
        std::make_shared<GatedMlp>(shape.width, shape.inner,
                                   GatedMlpOptions{.gate = "w1", .up = "w3", .down = "w2"}));
    operator_norm =
        register_module("operator_norm", std::make_shared<RmsNorm>(shape.width, shape.eps));
    ffn_norm = register_module("ffn_norm", std::make_shared<RmsNorm>(shape.width, shape.eps));
  }

  Tensor forward(const Tensor& x, const Rotation& rotation, const Batch& batch, Cache* cache) {
    const Tensor normed = operator_norm->forward(x);
    const Tensor seen = x + (self_attn ? self_attn->forward(normed, rotation, batch, cache)
                                       : conv->forward(normed, batch, cache));
    return seen + feed_forward->forward(ffn_norm->forward(seen));
  }

  std::shared_ptr<Attention> self_attn;  // one of the two
  std::shared_ptr<GatedConv> conv;
  std::shared_ptr<GatedMlp> feed_forward;
  std::shared_ptr<RmsNorm> operator_norm, ffn_norm;
};

Rope make_rope(const Config& config, const Shape& shape) {
  const std::optional<Config> scaling = config.has("rope_parameters")
                                            ? config.object("rope_parameters")
                                            : config.object_or_none("rope_scaling");
  return Rope(config, scaling, config.number_or("rope_theta", 1e6), shape.head_dim);
}

struct Decoder : torch::nn::Module {
  Decoder(const Config& config, const Shape& shape) : rope(make_rope(config, shape)) {
    embed_tokens =
        register_module("embed_tokens", std::make_shared<Embedding>(shape.vocabulary, shape.width));
    auto list = register_module("layers", std::make_shared<torch::nn::Module>());
    for (int64_t i = 0; i < shape.layers; ++i) {
      layers.push_back(list->register_module(std::to_string(i), std::make_shared<Block>(shape, i)));
    }
    norm = register_module("embedding_norm", std::make_shared<RmsNorm>(shape.width, shape.eps));
  }

  Tensor forward(const Batch& batch, Cache* cache) {
    Tensor x = embed_tokens->forward(batch.ids);
    const Rotation rotation = rope.at(batch.positions, x.scalar_type());
    for (const auto& layer : layers) {
      const auto block = [layer, rotation, &batch, cache](const Tensor& in) {
        return layer->forward(in, rotation, batch, cache);
      };
      x = recompute(block, x);
    }
    return norm->forward(x);
  }

  Rope rope;
  std::shared_ptr<Embedding> embed_tokens;
  std::vector<std::shared_ptr<Block>> layers;
  std::shared_ptr<RmsNorm> norm;
};

struct Lfm2 : CausalLm {
  explicit Lfm2(const Config& config) {
    const Shape shape(config);
    model = register_module("model", std::make_shared<Decoder>(config, shape));
    if (shape.tied) return;
    lm_head =
        register_module("lm_head", std::make_shared<Linear>(shape.width, shape.vocabulary, false));
  }

  Tensor hidden(const Batch& batch, Cache* cache) override { return model->forward(batch, cache); }
  Tensor logits(const Tensor& hidden) override {
    return lm_head ? lm_head->forward(hidden) : model->embed_tokens->project(hidden);
  }

  std::shared_ptr<Decoder> model;
  std::shared_ptr<Linear> lm_head;
};

class Lfm2Family : public ModelFamily {
 public:
  std::vector<std::string> model_types() const override { return {"lfm2"}; }
  std::shared_ptr<CausalLm> build(const Config& config) const override {
    return std::make_shared<Lfm2>(config);
  }
  std::vector<std::string> lora_targets() const override {
    return {"q_proj", "k_proj", "v_proj", "out_proj", "in_proj", "w1", "w2", "w3"};
  }
  WeightMap weight_map(const Config& config) const override {
    WeightMap map;
    if (Shape(config).tied) map.drop("lm_head.weight");
    return map;
  }
  std::string tiny_config() const override {
    return R"({"model_type": "lfm2", "hidden_size": 24, "num_hidden_layers": 3,
      "num_attention_heads": 4, "num_key_value_heads": 2, "block_ff_dim": 60,
      "block_multiple_of": 8, "block_auto_adjust_ff_dim": true, "conv_L_cache": 3,
      "conv_bias": false, "full_attn_idxs": [1], "vocab_size": 61, "norm_eps": 1e-5,
      "max_position_embeddings": 256, "rope_theta": 1000000.0})";
  }
};

}  // namespace

TUNEVAL_PLUGIN("lfm2", "0.1.0") {
  registry.add_model_family("lfm2", std::make_shared<Lfm2Family>());
}
