// Gemma 3: layers that see a window and layers that see all, each kind with its
// own rotary base; norms before and behind both halves of a layer. Of a model
// that also sees images, the text part.
#include "tuneval/layers/attention.h"
#include "tuneval/layers/build_scope.h"
#include "tuneval/layers/embedding.h"
#include "tuneval/layers/mlp.h"
#include "tuneval/layers/norm.h"
#include "tuneval/layers/recompute.h"
#include "tuneval/layers/rope.h"
#include "tuneval/model/family.h"
#include "tuneval/plugin.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/scalar_tensor.h>

#include <array>
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

struct Attention : torch::nn::Module {
  Attention(const Shape& shape, int64_t index) : head_dim(shape.head_dim), layer(index) {
    const auto linear = [&](const char* name, int64_t in, int64_t out) {
      return register_module(name, std::make_shared<Linear>(in, out, shape.attention_bias));
    };
    q_proj = linear("q_proj", shape.width, shape.heads * head_dim);
    k_proj = linear("k_proj", shape.width, shape.kv_heads * head_dim);
    v_proj = linear("v_proj", shape.width, shape.kv_heads * head_dim);
    o_proj = linear("o_proj", shape.heads * head_dim, shape.width);
    q_norm = register_module("q_norm", make_norm(head_dim, shape));
    k_norm = register_module("k_norm", make_norm(head_dim, shape));
    options.scale = 1.0 / std::sqrt(shape.query_scalar);
    options.window = shape.global[size_t(index)] ? 0 : shape.window;
  }

  Tensor forward(const Tensor& x, const Rotation& rotation, const Batch& batch, Cache* cache) {
    const auto heads = [this](const Tensor& y) { return y.unflatten(1, {-1, head_dim}); };
    const Tensor q = rotation.apply(q_norm->forward(heads(q_proj->forward(x))));
    const Tensor k = rotation.apply(k_norm->forward(heads(k_proj->forward(x))));
    const Tensor v = heads(v_proj->forward(x));
    return o_proj->forward(attend(q, k, v, batch, cache, layer, options));
  }

  int64_t head_dim, layer;
  AttentionOptions options{};
  std::shared_ptr<Linear> q_proj, k_proj, v_proj, o_proj;
  std::shared_ptr<RmsNorm> q_norm, k_norm;
};

struct Block : torch::nn::Module {
  Block(const Shape& shape, int64_t index) {
    self_attn = register_module("self_attn", std::make_shared<Attention>(shape, index));
    mlp = register_module(
        "mlp", std::make_shared<GatedMlp>(shape.width, shape.inner,
                                          GatedMlpOptions{.activation = Activation::gelu_tanh}));
    const auto norm = [&](const char* name) {
      return register_module(name, make_norm(shape.width, shape));
    };
    before_attention = norm("input_layernorm");
    behind_attention = norm("post_attention_layernorm");
    before_mlp = norm("pre_feedforward_layernorm");
    behind_mlp = norm("post_feedforward_layernorm");
  }

  Tensor forward(const Tensor& x, const Rotation& rotation, const Batch& batch, Cache* cache) {
    const Tensor attended =
        self_attn->forward(before_attention->forward(x), rotation, batch, cache);
    const Tensor seen = x + behind_attention->forward(attended);
    return seen + behind_mlp->forward(mlp->forward(before_mlp->forward(seen)));
  }

  std::shared_ptr<Attention> self_attn;
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

struct Decoder : torch::nn::Module {
  Decoder(const Config& config, const Shape& shape)
      : local_rope(make_rope(config, shape, false)),
        global_rope(make_rope(config, shape, true)),
        global(shape.global),
        embedding_scale(std::sqrt(double(shape.width))) {
    embed_tokens =
        register_module("embed_tokens", std::make_shared<Embedding>(shape.vocabulary, shape.width));
    auto list = register_module("layers", std::make_shared<torch::nn::Module>());
    for (int64_t i = 0; i < shape.layers; ++i) {
      layers.push_back(list->register_module(std::to_string(i), std::make_shared<Block>(shape, i)));
    }
    norm = register_module("norm", make_norm(shape.width, shape));
  }

  Tensor forward(const Batch& batch, Cache* cache) {
    Tensor x = embed_tokens->forward(batch.ids);
    // The factor is rounded to the model's dtype, as in the reference
    // implementation.
    x = x * at::scalar_tensor(embedding_scale, x.options());
    const std::array<Rotation, 2> rotations = {local_rope.at(batch.positions, x.scalar_type()),
                                               global_rope.at(batch.positions, x.scalar_type())};
    for (size_t i = 0; i < layers.size(); ++i) {
      const auto block = [layer = layers[i], rotation = rotations[global[i]], &batch,
                          cache](const Tensor& in) {
        return layer->forward(in, rotation, batch, cache);
      };
      x = recompute(block, x);
    }
    return norm->forward(x);
  }

  Rope local_rope, global_rope;
  std::vector<bool> global;
  double embedding_scale;
  std::shared_ptr<Embedding> embed_tokens;
  std::vector<std::shared_ptr<Block>> layers;
  std::shared_ptr<RmsNorm> norm;
};

struct Gemma3 : CausalLm {
  explicit Gemma3(const Config& config) {
    const Config text = text_part(config);
    const Shape shape(text);
    model = std::make_shared<Decoder>(text, shape);
    if (config.text("model_type") == "gemma3") {
      // As transformers names the text part, so that adapters fit there too.
      auto whole = register_module("model", std::make_shared<torch::nn::Module>());
      whole->register_module("language_model", model);
    } else {
      register_module("model", model);
    }
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

class Gemma3Family : public ModelFamily {
 public:
  std::vector<std::string> model_types() const override { return {"gemma3_text", "gemma3"}; }
  std::shared_ptr<CausalLm> build(const Config& config) const override {
    return std::make_shared<Gemma3>(config);
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
