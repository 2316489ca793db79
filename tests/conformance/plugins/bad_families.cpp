// Families that are wrong in the ways that conformance checks are there to find.
#include "tuneval/error.h"
#include "tuneval/layers/build_scope.h"
#include "tuneval/layers/embedding.h"
#include "tuneval/layers/linear.h"
#include "tuneval/model/family.h"
#include "tuneval/plugin.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/tanh.h>

namespace {

using at::Tensor;
using namespace tuneval;

/// Embedding, one mixing layer, head.
struct SmallLm : CausalLm {
  explicit SmallLm(const Config& config) {
    const int64_t width = config.integer("hidden_size"), vocabulary = config.integer("vocab_size");
    embed = register_module("embed", std::make_shared<Embedding>(vocabulary, width));
    mix = register_module("mix", std::make_shared<Linear>(width, width, false));
  }
  Tensor logits(const Tensor& hidden) override { return embed->project(hidden); }

  std::shared_ptr<Embedding> embed;
  std::shared_ptr<Linear> mix;
};

/// Every token sees the mean of all tokens: those behind it, and those of other rows.
struct Leaky : SmallLm {
  using SmallLm::SmallLm;
  Tensor hidden(const Batch& batch, Cache*) override {
    const Tensor x = embed->forward(batch.ids);
    return x + at::tanh(mix->forward(x.mean(0, /*keepdim=*/true)));
  }
};

/// Nothing is wrong with what it computes: each token is on its own.
struct Lonely : SmallLm {
  using SmallLm::SmallLm;
  Tensor hidden(const Batch& batch, Cache*) override {
    const Tensor x = embed->forward(batch.ids);
    return x + at::tanh(mix->forward(x));
  }
};

/// A linear layer that cannot carry an adapter.
struct PlainLinear : torch::nn::Module {
  explicit PlainLinear(int64_t width) {
    weight = register_parameter("weight", new_parameter({width, width}), false);
  }
  Tensor weight;
};

/// Trains a layer that it does not use, and one that is not the SDK's.
struct Untrainable : SmallLm {
  explicit Untrainable(const Config& config) : SmallLm(config) {
    const int64_t width = config.integer("hidden_size");
    plain = register_module("plain", std::make_shared<PlainLinear>(width));
    unused = register_module("unused", std::make_shared<Linear>(width, width, false));
  }
  Tensor hidden(const Batch& batch, Cache*) override {
    const Tensor x = embed->forward(batch.ids);
    return x + at::tanh(mix->forward(at::linear(x, plain->weight)));
  }
  std::shared_ptr<PlainLinear> plain;
  std::shared_ptr<Linear> unused;
};

template <typename Lm>
class Family : public ModelFamily {
 public:
  Family(std::string type, std::vector<std::string> targets)
      : type_(std::move(type)), targets_(std::move(targets)) {}
  std::vector<std::string> model_types() const override { return {type_}; }
  std::shared_ptr<CausalLm> build(const Config& config) const override {
    return std::make_shared<Lm>(config);
  }
  std::vector<std::string> lora_targets() const override { return targets_; }
  std::string tiny_config() const override {
    return "{\"model_type\": \"" + type_ + R"(", "hidden_size": 24, "vocab_size": 61})";
  }

 private:
  std::string type_;
  std::vector<std::string> targets_;
};

/// Says nothing of which key is missing.
class Curt : public Family<Lonely> {
 public:
  Curt() : Family("curt", {"mix"}) {}
  std::shared_ptr<CausalLm> build(const Config& config) const override {
    if (!config.has("hidden_size")) throw ConfigError(config.where() + ": bad config");
    return Family::build(config);
  }
};

/// Its own toy config is not enough for it.
class Unbuildable : public Family<Lonely> {
 public:
  Unbuildable() : Family("unbuildable", {"mix"}) {}
  std::shared_ptr<CausalLm> build(const Config& config) const override {
    config.integer("num_hidden_layers");
    return Family::build(config);
  }
};

}  // namespace

TUNEVAL_PLUGIN("bad_families", "1") {
  const auto targets = std::vector<std::string>{"mix"};
  registry.add_model_family("leaky", std::make_shared<Family<Leaky>>("leaky", targets));
  registry.add_model_family("lonely", std::make_shared<Family<Lonely>>("lonely", targets));
  registry.add_model_family("untrainable",
                            std::make_shared<Family<Untrainable>>(
                                "untrainable", std::vector<std::string>{"mix", "plain", "unused"}));
  registry.add_model_family("curt", std::make_shared<Curt>());
  registry.add_model_family("unbuildable", std::make_shared<Unbuildable>());
}
