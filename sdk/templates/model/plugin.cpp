#include "tuneval/plugin.h"
#include "tuneval/layers/attention.h"
#include "tuneval/layers/decoder.h"
#include "tuneval/layers/mlp.h"
#include "tuneval/model/family.h"

namespace {

using at::Tensor;
using namespace tuneval;

/// Change this: the keys of config.json that `build` reads. Refuse by `fail` what is not supported.
struct Shape {
  explicit Shape(const Config& config)
      : width(config.integer("hidden_size")),
        layers(config.integer("num_hidden_layers")),
        heads(config.integer("num_attention_heads")),
        kv_heads(config.integer_or("num_key_value_heads", heads)),
        inner(config.integer("intermediate_size")),
        vocabulary(config.integer("vocab_size")),
        eps(config.number_or("rms_norm_eps", 1e-6)),
        tied(config.flag_or("tie_word_embeddings", false)) {
    if (heads < 1 || width % heads != 0) {
      config.fail("num_attention_heads", "does not divide \"hidden_size\"");
    }
    if (kv_heads < 1 || heads % kv_heads != 0) {
      config.fail("num_key_value_heads", "does not divide \"num_attention_heads\"");
    }
    if (const auto act = config.text_or("hidden_act", "silu"); act != "silu") {
      config.fail("hidden_act", "is \"" + act + "\": supported is silu");
    }
  }

  int64_t head_dim() const { return width / heads; }

  int64_t width, layers, heads, kv_heads, inner, vocabulary;
  double eps;
  bool tied;
};

/// Change this: what becomes of x, [tokens, width]. Modules register under the checkpoint's names.
struct Layer : DecoderLayer {
  Layer(const Shape& shape, int64_t index) {
    const SelfAttentionOptions attention{.width = shape.width,
                                         .heads = shape.heads,
                                         .kv_heads = shape.kv_heads,
                                         .head_dim = shape.head_dim(),
                                         .layer = index};
    self_attn = register_module("self_attn", std::make_shared<SelfAttention>(attention));
    mlp = register_module("mlp", std::make_shared<GatedMlp>(shape.width, shape.inner));
    const auto norm = [&](const char* name) {
      return register_module(name, std::make_shared<RmsNorm>(shape.width, shape.eps));
    };
    before_attention = norm("input_layernorm");
    before_mlp = norm("post_attention_layernorm");
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

class Family : public ModelFamily {
 public:
  /// Change this: the "model_type" of the checkpoints' config.json.
  std::vector<std::string> model_types() const override { return {"new_model"}; }
  std::shared_ptr<CausalLm> build(const Config& config) const override {
    const Shape shape(config);
    return std::make_shared<DecoderLm>(DecoderOptions{
        .vocabulary = shape.vocabulary,
        .width = shape.width,
        .layers = shape.layers,
        .tied = shape.tied,
        .ropes = {Rope(config, shape.head_dim())},
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
  std::string tiny_config() const override {
    return R"({"model_type": "new_model", "hidden_size": 24, "num_hidden_layers": 2,
      "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 40,
      "vocab_size": 61, "rms_norm_eps": 1e-6, "max_position_embeddings": 256,
      "tie_word_embeddings": true, "rope_theta": 10000.0})";
  }
};

}  // namespace

TUNEVAL_PLUGIN("new_model", "0.1.0") {
  registry.add_model_family("new_model", std::make_shared<Family>());
}
