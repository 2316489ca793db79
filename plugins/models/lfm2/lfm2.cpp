// LFM2: gated short convolutions, and attention in the layers that the config names.
#include "tuneval/layers/attention.h"
#include "tuneval/layers/decoder.h"
#include "tuneval/layers/mlp.h"
#include "tuneval/layers/short_conv.h"
#include "tuneval/model/family.h"
#include "tuneval/plugin.h"

#include <ATen/TensorOperators.h>

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

  Tensor forward(const LayerInput& x, const Batch& batch, Cache* cache) {
    const std::vector<Tensor> parts = in_proj->forward(x).chunk(3, 1);
    return out_proj->forward(parts[1] * conv->forward(parts[0] * parts[2], batch, cache, layer));
  }

  int64_t layer;
  std::shared_ptr<ShortConv> conv;
  std::shared_ptr<Linear> in_proj, out_proj;
};

/// Attention or a convolution, then the feed-forward; a norm before either.
struct Layer : DecoderLayer {
  Layer(const Shape& shape, int64_t index) {
    const auto norm = [&shape](int64_t width) {
      return std::make_shared<RmsNorm>(width, shape.eps);
    };
    if (shape.attends[size_t(index)]) {
      const SelfAttentionOptions attention{.width = shape.width,
                                           .heads = shape.heads,
                                           .kv_heads = shape.kv_heads,
                                           .head_dim = shape.head_dim,
                                           .layer = index,
                                           .head_norm = [&] { return norm(shape.head_dim); },
                                           .out = "out_proj",
                                           .q_norm = "q_layernorm",
                                           .k_norm = "k_layernorm"};
      self_attn = register_module("self_attn", std::make_shared<SelfAttention>(attention));
    } else {
      conv = register_module("conv", std::make_shared<GatedConv>(shape, index));
    }
    const GatedMlpOptions gated{.gate = "w1", .up = "w3", .down = "w2"};
    feed_forward = register_module("feed_forward",
                                   std::make_shared<GatedMlp>(shape.width, shape.inner, gated));
    operator_norm = register_module("operator_norm", norm(shape.width));
    ffn_norm = register_module("ffn_norm", norm(shape.width));
  }

  Tensor forward(const Tensor& x, const LayerContext& context) override {
    const LayerInput normed = operator_norm->input(x);
    const auto& [batch, cache, rotations] = context;
    const Tensor seen = x + (self_attn ? self_attn->forward(normed, rotations[0], batch, cache)
                                       : conv->forward(normed, batch, cache));
    return seen + feed_forward->forward(ffn_norm->input(seen));
  }

  std::shared_ptr<SelfAttention> self_attn;  // one of the two
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

class Lfm2Family : public ModelFamily {
 public:
  std::vector<std::string> model_types() const override { return {"lfm2"}; }
  std::shared_ptr<CausalLm> build(const Config& config) const override {
    const Shape shape(config);
    return std::make_shared<DecoderLm>(DecoderOptions{
        .vocabulary = shape.vocabulary,
        .width = shape.width,
        .layers = shape.layers,
        .tied = shape.tied,
        .ropes = {make_rope(config, shape)},
        .layer = [&](int64_t index) { return std::make_shared<Layer>(shape, index); },
        .norm = [&] { return std::make_shared<RmsNorm>(shape.width, shape.eps); },
        .last_norm = "embedding_norm"});
  }
  std::vector<std::string> lora_targets() const override {
    return {"q_proj", "k_proj", "v_proj", "out_proj", "in_proj", "w1", "w2", "w3"};
  }
  WeightMap weight_map(const Config& config) const override {
    WeightMap map;
    if (Shape(config).tied) map.drop("lm_head.weight");
    return map;
  }
  ChatDefaults chat_defaults() const override {
    return {.variables = {}, .wire_form = WireForm::pythonic};
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
