// Qwen2 and Qwen2.5: biases on queries, keys and values; the layers at the end may have a window.
#include "tuneval/layers/attention.h"
#include "tuneval/layers/decoder.h"
#include "tuneval/layers/mlp.h"
#include "tuneval/model/family.h"
#include "tuneval/plugin.h"

#include <algorithm>

namespace {

using at::Tensor;
using namespace tuneval;

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
    read_windows(config);
  }

  int64_t head_dim() const { return width / heads; }

  int64_t width, layers, heads, kv_heads, inner, vocabulary;
  double eps;
  bool tied;
  std::vector<int64_t> windows;  // by layer; 0: a token sees all before it

 private:
  /// Which layers have the window: those that "layer_types" says, or all from "max_window_layers"
  /// on.
  void read_windows(const Config& config) {
    windows.assign(size_t(std::max<int64_t>(layers, 0)), 0);
    const bool used = config.flag_or("use_sliding_window", false);
    const int64_t window = used ? config.integer("sliding_window") : 0;
    if (!config.has("layer_types")) {
      const int64_t first = config.integer_or("max_window_layers", 28);
      for (int64_t i = 0; i < layers; ++i) windows[size_t(i)] = i >= first ? window : 0;
      return;
    }
    const std::vector<std::string> types = config.texts("layer_types");
    if (types.size() != windows.size()) {
      config.fail("layer_types", "has not one for each of \"num_hidden_layers\"");
    }
    for (size_t i = 0; i < types.size(); ++i) {
      if (types[i] == "full_attention") continue;
      if (types[i] != "sliding_attention") {
        config.fail("layer_types", "holds \"" + types[i] + "\"");
      }
      if (!used)
        config.fail("layer_types", "has a window where \"use_sliding_window\" is not true");
      windows[i] = window;
    }
  }
};

/// Before each half of a layer a norm.
struct Layer : DecoderLayer {
  Layer(const Shape& shape, int64_t index) {
    const SelfAttentionOptions attention{.width = shape.width,
                                         .heads = shape.heads,
                                         .kv_heads = shape.kv_heads,
                                         .head_dim = shape.head_dim(),
                                         .layer = index,
                                         .bias = true,
                                         .window = shape.windows[size_t(index)]};
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

class Qwen2Family : public ModelFamily {
 public:
  std::vector<std::string> model_types() const override { return {"qwen2"}; }
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
  ChatDefaults chat_defaults() const override {
    return {.variables = {}, .wire_form = WireForm::tagged_json};
  }
  std::string tiny_config() const override {
    return R"({"model_type": "qwen2", "hidden_size": 24, "num_hidden_layers": 3,
      "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 40,
      "vocab_size": 61, "rms_norm_eps": 1e-6, "max_position_embeddings": 256,
      "tie_word_embeddings": true, "use_sliding_window": true, "sliding_window": 11,
      "max_window_layers": 2, "rope_theta": 1000000.0})";
  }
};

}  // namespace

TUNEVAL_PLUGIN("qwen2", "0.1.0") {
  registry.add_model_family("qwen2", std::make_shared<Qwen2Family>());
}
