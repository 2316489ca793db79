// Llama 3.x, SmolLM2 and every other LlamaForCausalLM.
#include "tuneval/layers/attention.h"
#include "tuneval/layers/build_scope.h"
#include "tuneval/layers/embedding.h"
#include "tuneval/layers/mlp.h"
#include "tuneval/layers/norm.h"
#include "tuneval/layers/recompute.h"
#include "tuneval/layers/rope.h"
#include "tuneval/model/family.h"
#include "tuneval/plugin.h"

#include <cmath>

namespace {

using at::Tensor;
using namespace tuneval;

struct Shape {
  explicit Shape(const Config& config)
      : width(config.integer("hidden_size")),
        layers(config.integer("num_hidden_layers")),
        heads(config.integer("num_attention_heads")),
        kv_heads(config.integer_or("num_key_value_heads", heads)),
        head_dim(config.integer_or("head_dim", width / heads)),
        inner(config.integer("intermediate_size")),
        vocabulary(config.integer("vocab_size")),
        eps(config.number_or("rms_norm_eps", 1e-6)),
        attention_bias(config.flag_or("attention_bias", false)),
        mlp_bias(config.flag_or("mlp_bias", false)),
        tied(config.flag_or("tie_word_embeddings", false)) {
    if (heads % kv_heads != 0) {
      config.fail("num_key_value_heads", "does not divide \"num_attention_heads\"");
    }
    if (const auto act = config.text_or("hidden_act", "silu"); act != "silu") {
      config.fail("hidden_act", "is \"" + act + "\": supported is silu");
    }
  }

  int64_t width, layers, heads, kv_heads, head_dim, inner, vocabulary;
  double eps;
  bool attention_bias, mlp_bias, tied;
};

struct Attention : torch::nn::Module {
  Attention(const Shape& shape, int64_t index) : head_dim(shape.head_dim), layer(index) {
    const auto linear = [&](const char* name, int64_t in, int64_t out) {
      return register_module(name, std::make_shared<Linear>(in, out, shape.attention_bias));
    };
    q_proj = linear("q_proj", shape.width, shape.heads * head_dim);
    k_proj = linear("k_proj", shape.width, shape.kv_heads * head_dim);
    v_proj = linear("v_proj", shape.width, shape.kv_heads * head_dim);
    o_proj = linear("o_proj", shape.heads * head_dim, shape.width);
  }

  Tensor forward(const Tensor& x, const Rotation& rotation, const Batch& batch, Cache* cache) {
    const Tensor q = rotation.apply(q_proj->forward(x).unflatten(1, {-1, head_dim}));
    const Tensor k = rotation.apply(k_proj->forward(x).unflatten(1, {-1, head_dim}));
    const Tensor v = v_proj->forward(x).unflatten(1, {-1, head_dim});
    const AttentionOptions options{.scale = 1.0 / std::sqrt(double(head_dim))};
    return o_proj->forward(attend(q, k, v, batch, cache, layer, options));
  }

  int64_t head_dim, layer;
  std::shared_ptr<Linear> q_proj, k_proj, v_proj, o_proj;
};

struct Block : torch::nn::Module {
  Block(const Shape& shape, int64_t index) {
    self_attn = register_module("self_attn", std::make_shared<Attention>(shape, index));
    mlp =
        register_module("mlp", std::make_shared<GatedMlp>(shape.width, shape.inner,
                                                          GatedMlpOptions{.bias = shape.mlp_bias}));
    input_layernorm =
        register_module("input_layernorm", std::make_shared<RmsNorm>(shape.width, shape.eps));
    post_attention_layernorm = register_module("post_attention_layernorm",
                                               std::make_shared<RmsNorm>(shape.width, shape.eps));
  }

  Tensor forward(const Tensor& x, const Rotation& rotation, const Batch& batch, Cache* cache) {
    const Tensor seen = x + self_attn->forward(input_layernorm->forward(x), rotation, batch, cache);
    return seen + mlp->forward(post_attention_layernorm->forward(seen));
  }

  std::shared_ptr<Attention> self_attn;
  std::shared_ptr<GatedMlp> mlp;
  std::shared_ptr<RmsNorm> input_layernorm, post_attention_layernorm;
};

struct Decoder : torch::nn::Module {
  Decoder(const Config& config, const Shape& shape) : rope(config, shape.head_dim) {
    embed_tokens =
        register_module("embed_tokens", std::make_shared<Embedding>(shape.vocabulary, shape.width));
    auto list = register_module("layers", std::make_shared<torch::nn::Module>());
    for (int64_t i = 0; i < shape.layers; ++i) {
      layers.push_back(list->register_module(std::to_string(i), std::make_shared<Block>(shape, i)));
    }
    norm = register_module("norm", std::make_shared<RmsNorm>(shape.width, shape.eps));
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

struct Llama : CausalLm {
  explicit Llama(const Config& config) {
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

class LlamaFamily : public ModelFamily {
 public:
  std::vector<std::string> model_types() const override { return {"llama"}; }
  std::shared_ptr<CausalLm> build(const Config& config) const override {
    return std::make_shared<Llama>(config);
  }
  std::vector<std::string> lora_targets() const override {
    return {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"};
  }
  WeightMap weight_map(const Config& config) const override {
    WeightMap map;
    map.drop("model.layers.*.self_attn.rotary_emb.inv_freq");  // written by old checkpoints
    if (Shape(config).tied) map.drop("lm_head.weight");
    return map;
  }
  std::string tiny_config() const override {
    return R"({"model_type": "llama", "hidden_size": 24, "num_hidden_layers": 2,
      "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8, "intermediate_size": 40,
      "vocab_size": 61, "rms_norm_eps": 1e-5, "max_position_embeddings": 256,
      "tie_word_embeddings": false, "attention_bias": true, "mlp_bias": true,
      "rope_parameters": {"rope_type": "llama3", "rope_theta": 10000.0, "factor": 8.0,
        "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 32}})";
  }
};

}  // namespace

TUNEVAL_PLUGIN("llama", "0.1.0") {
  registry.add_model_family("llama", std::make_shared<LlamaFamily>());
}
