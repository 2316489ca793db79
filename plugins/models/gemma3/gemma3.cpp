// Gemma 3: layers that see a window and layers that see all, each kind with its
// own rotary base; norms before and behind both halves of a layer. Of a model
// that also sees images, the text part.
#include "tuneval/layers/attention.h"
#include "tuneval/layers/decoder.h"
#include "tuneval/layers/mlp.h"
#include "tuneval/model/family.h"
#include "tuneval/plugin.h"

#include <cmath>

namespace {

using at::Tensor;
using namespace tuneval;

/// The text part's config: the whole of a text model's.
Config text_part(const Config& config) {
  return config.text("model_type") == "gemma3" ? config.object("text_config") : config;
}

/// Whether each layer sees all: `layer_types`, or every n-th layer by one of
/// two names.
std::vector<bool> global_layers(const Config& config, int64_t layers) {
  std::vector<bool> global;
  if (config.has("layer_types")) {
    for (const std::string& type : config.texts("layer_types")) {
      if (type != "full_attention" && type != "sliding_attention") {
        config.fail("layer_types",
                    "holds \"" + type + "\": expected full_attention or sliding_attention");
      }
      global.push_back(type == "full_attention");
    }
    if (int64_t(global.size()) != layers) {
      config.fail("layer_types", "has another length than \"num_hidden_layers\"");
    }
    return global;
  }
  const int64_t pattern =
      config.integer_or("sliding_window_pattern", config.integer_or("_sliding_window_pattern", 6));
  if (pattern < 1) config.fail("sliding_window_pattern", "is below 1");
  for (int64_t i = 1; i <= layers; ++i) global.push_back(i % pattern == 0);
  return global;
}

/// The larger models' configs leave most of the text part unsaid: the defaults
/// are transformers'.
struct Shape {
  explicit Shape(const Config& config)
      : width(config.integer_or("hidden_size", 2304)),
        layers(config.integer_or("num_hidden_layers", 26)),
        heads(config.integer_or("num_attention_heads", 8)),
        kv_heads(config.integer_or("num_key_value_heads", 4)),
        head_dim(config.integer_or("head_dim", 256)),
        inner(config.integer_or("intermediate_size", 9216)),
        vocabulary(config.integer_or("vocab_size", 262208)),
        window(config.integer_or("sliding_window", 4096)),
        eps(config.number_or("rms_norm_eps", 1e-6)),
        query_scalar(config.number_or("query_pre_attn_scalar", 256.0)),
        attention_bias(config.flag_or("attention_bias", false)),
        tied(config.flag_or("tie_word_embeddings", true)),
        global(global_layers(config, layers)) {
    if (heads % kv_heads != 0) {
      config.fail("num_key_value_heads", "does not divide \"num_attention_heads\"");
    }
    const auto act = config.text_or("hidden_activation", "gelu_pytorch_tanh");
    if (act != "gelu_pytorch_tanh") {
      config.fail("hidden_activation", "is \"" + act + "\": supported is gelu_pytorch_tanh");
    }
    for (const char* key : {"final_logit_softcapping", "attn_logit_softcapping"}) {
      if (config.has(key)) config.fail(key, "is " + config.json(key) + ": supported is none");
    }
    if (config.flag_or("use_bidirectional_attention", false)) {
      config.fail("use_bidirectional_attention", "is true: supported is false");
    }
  }

  int64_t width, layers, heads, kv_heads, head_dim, inner, vocabulary, window;
  double eps, query_scalar;
  bool attention_bias, tied;
  std::vector<bool> global;
};

std::shared_ptr<RmsNorm> make_norm(int64_t width, const Shape& shape) {
  return std::make_shared<RmsNorm>(width, shape.eps, NormWeight::beyond_one);
}

struct Layer : DecoderLayer {
  Layer(const Shape& shape, int64_t index) : rope(shape.global[size_t(index)] ? 1 : 0) {
    const SelfAttentionOptions attention{
        .width = shape.width,
        .heads = shape.heads,
        .kv_heads = shape.kv_heads,
        .head_dim = shape.head_dim,
        .layer = index,
        .bias = shape.attention_bias,
        .out_bias = shape.attention_bias,
        .scale = 1.0 / std::sqrt(shape.query_scalar),
        .window = rope ? 0 : shape.window,
        .head_norm = [&] { return make_norm(shape.head_dim, shape); }};
    self_attn = register_module("self_attn", std::make_shared<SelfAttention>(attention));
    const GatedMlpOptions gated{.activation = Activation::gelu_tanh};
    mlp = register_module("mlp", std::make_shared<GatedMlp>(shape.width, shape.inner, gated));
    const auto norm = [&](const char* name) {
      return register_module(name, make_norm(shape.width, shape));
    };
    before_attention = norm("input_layernorm");
    behind_attention = norm("post_attention_layernorm");
    before_mlp = norm("pre_feedforward_layernorm");
    behind_mlp = norm("post_feedforward_layernorm");
  }

  Tensor forward(const Tensor& x, const LayerContext& context) override {
    const Tensor attended = self_attn->forward(before_attention->input(x), context.rotations[rope],
                                               context.batch, context.cache);
    const Tensor seen = x + behind_attention->forward(attended);
    return seen + behind_mlp->forward(mlp->forward(before_mlp->input(seen)));
  }

  size_t rope;  // 0: of the layers with a window, 1: of those that see all
  std::shared_ptr<SelfAttention> self_attn;
  std::shared_ptr<GatedMlp> mlp;
  std::shared_ptr<RmsNorm> before_attention, behind_attention, before_mlp, behind_mlp;
};

/// transformers 5 has `rope_parameters` for each kind of layer; before,
/// `rope_theta` and `rope_scaling` were of the global layers,
/// `rope_local_base_freq` of the others.
Rope make_rope(const Config& config, const Shape& shape, bool global) {
  const char* kind = global ? "full_attention" : "sliding_attention";
  const double base =
      global ? config.number_or("rope_theta", 1e6) : config.number_or("rope_local_base_freq", 1e4);
  std::optional<Config> scaling;
  if (config.has("rope_parameters")) {
    scaling = config.object("rope_parameters").object_or_none(kind);
  } else if (global) {
    scaling = config.object_or_none("rope_scaling");
  }
  return Rope(config, scaling, base, shape.head_dim);
}

class Gemma3Family : public ModelFamily {
 public:
  std::vector<std::string> model_types() const override { return {"gemma3_text", "gemma3"}; }
  std::shared_ptr<CausalLm> build(const Config& config) const override {
    const Config text = text_part(config);
    const Shape shape(text);
    const bool with_images = config.text("model_type") == "gemma3";
    return std::make_shared<DecoderLm>(DecoderOptions{
        .vocabulary = shape.vocabulary,
        .width = shape.width,
        .layers = shape.layers,
        .tied = shape.tied,
        .embedding_scale = std::sqrt(double(shape.width)),
        .ropes = {make_rope(text, shape, false), make_rope(text, shape, true)},
        .layer = [&](int64_t index) { return std::make_shared<Layer>(shape, index); },
        .norm = [&] { return make_norm(shape.width, shape); },
        // As transformers names the text part, so that adapters fit there too.
        .root = with_images ? "model.language_model" : "model"});
  }
  std::vector<std::string> lora_targets() const override {
    return {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"};
  }
  WeightMap weight_map(const Config& config) const override {
    WeightMap map;
    if (config.text("model_type") == "gemma3") {
      map.rename("language_model.model.", "model.language_model.");
      map.rename("language_model.lm_head.", "lm_head.");
      for (const std::string part : {"vision_tower.*", "multi_modal_projector.*"}) {
        map.drop(part).drop("model." + part);
      }
    }
    if (Shape(text_part(config)).tied) {
      map.drop("lm_head.weight").drop("language_model.lm_head.weight");
    }
    return map;
  }
  ChatDefaults chat_defaults() const override {
    return {.variables = {}, .wire_form = WireForm::fenced};
  }
  std::string tiny_config() const override {
    return R"({"model_type": "gemma3_text", "hidden_size": 24, "num_hidden_layers": 3,
      "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8, "intermediate_size": 40,
      "vocab_size": 61, "rms_norm_eps": 1e-6, "max_position_embeddings": 256,
      "query_pre_attn_scalar": 12, "sliding_window": 7, "sliding_window_pattern": 3,
      "rope_theta": 1000000.0, "rope_local_base_freq": 10000.0})";
  }
};

}  // namespace

TUNEVAL_PLUGIN("gemma3", "0.1.0") {
  registry.add_model_family("gemma3", std::make_shared<Gemma3Family>());
}
