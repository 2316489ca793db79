// Qwen3: as Llama, with a norm on every head's queries and keys.
#include "tuneval/layers/attention.h"
#include "tuneval/layers/decoder.h"
#include "tuneval/layers/mlp.h"
#include "tuneval/model/family.h"
#include "tuneval/plugin.h"

namespace {

using at::Tensor;
using namespace tuneval;

struct Shape {
  explicit Shape(const Config& config)
      : width(config.integer("hidden_size")),
        layers(config.integer("num_hidden_layers")),
        heads(config.integer("num_attention_heads")),
        kv_heads(config.integer_or("num_key_value_heads", heads)),
        head_dim(config.integer_or("head_dim", 128)),
        inner(config.integer("intermediate_size")),
        vocabulary(config.integer("vocab_size")),
        eps(config.number_or("rms_norm_eps", 1e-6)),
        attention_bias(config.flag_or("attention_bias", false)),
        tied(config.flag_or("tie_word_embeddings", false)) {
    if (heads % kv_heads != 0) {
      config.fail("num_key_value_heads", "does not divide \"num_attention_heads\"");
    }
    if (const auto act = config.text_or("hidden_act", "silu"); act != "silu") {
      config.fail("hidden_act", "is \"" + act + "\": supported is silu");
    }
    if (config.flag_or("use_sliding_window", false)) {
      config.fail("use_sliding_window", "is true: supported is false");
    }
  }

  int64_t width, layers, heads, kv_heads, head_dim, inner, vocabulary;
  double eps;
  bool attention_bias, tied;
};

/// Before each half of a layer a norm.
struct Layer : DecoderLayer {
  Layer(const Shape& shape, int64_t index) {
    const auto norm = [&shape](int64_t width) {
      return std::make_shared<RmsNorm>(width, shape.eps);
    };
    const SelfAttentionOptions attention{.width = shape.width,
                                         .heads = shape.heads,
                                         .kv_heads = shape.kv_heads,
                                         .head_dim = shape.head_dim,
                                         .layer = index,
                                         .bias = shape.attention_bias,
                                         .out_bias = shape.attention_bias,
                                         .head_norm = [&] { return norm(shape.head_dim); }};
    self_attn = register_module("self_attn", std::make_shared<SelfAttention>(attention));
    mlp = register_module("mlp", std::make_shared<GatedMlp>(shape.width, shape.inner));
    before_attention = register_module("input_layernorm", norm(shape.width));
    before_mlp = register_module("post_attention_layernorm", norm(shape.width));
  }

  Tensor forward(const Tensor& x, const LayerContext& context) override {
    const Tensor seen = x + self_attn->forward(before_attention->input(x), context.rotations[0],
                                               context.batch, context.cache);
    return seen + mlp->forward(before_mlp->input(seen));
  }

  std::shared_ptr<SelfAttention> self_attn;
  std::shared_ptr<GatedMlp> mlp;
  std::shared_ptr<RmsNorm> before_attention, before_mlp;
};

class Qwen3Family : public ModelFamily {
 public:
  std::vector<std::string> model_types() const override { return {"qwen3"}; }
  std::shared_ptr<CausalLm> build(const Config& config) const override {
    const Shape shape(config);
    return std::make_shared<DecoderLm>(DecoderOptions{
        .vocabulary = shape.vocabulary,
        .width = shape.width,
        .layers = shape.layers,
        .tied = shape.tied,
        .ropes = {Rope(config, shape.head_dim)},
        .layer = [&](int64_t index) { return std::make_shared<Layer>(shape, index); },
        .norm = [&] { return std::make_shared<RmsNorm>(shape.width, shape.eps); }});
  }
  std::vector<std::string> lora_targets() const override {
    return {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"};
  }
  WeightMap weight_map(const Config& config) const override {
    WeightMap map;
    if (Shape(config).tied) map.drop("lm_head.weight");
    return map;
  }
  ChatDefaults chat_defaults() const override {
    return {.variables = {{"enable_thinking", "false"}}, .wire_form = WireForm::tagged_json};
  }
  std::string tiny_config() const override {
    return R"({"model_type": "qwen3", "hidden_size": 24, "num_hidden_layers": 2,
      "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8, "intermediate_size": 40,
      "vocab_size": 61, "rms_norm_eps": 1e-6, "max_position_embeddings": 256,
      "tie_word_embeddings": true, "attention_bias": false, "rope_theta": 1000000.0})";
  }
};

}  // namespace

TUNEVAL_PLUGIN("qwen3", "0.1.0") {
  registry.add_model_family("qwen3", std::make_shared<Qwen3Family>());
}
