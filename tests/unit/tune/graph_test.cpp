// What the way back has to pass: nothing below the first layer that learns.
#include "framework/model/adapter.h"
#include "framework/tune/loss.h"
#include "tests/support/toy_models.h"
#include "tuneval/layers/recompute.h"

#include <gtest/gtest.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/accumulate_grad.h>

#include <set>
#include <string>

namespace tuneval {
namespace {

using torch::autograd::Node;

/// The graph behind a tensor.
struct Graph {
  explicit Graph(const at::Tensor& root) {
    std::vector<Node*> open;
    if (root.requires_grad()) open.push_back(root.grad_fn().get());
    while (!open.empty()) {
      Node* const node = open.back();
      open.pop_back();
      if (!nodes.insert(node).second) continue;
      if (const auto* leaf = dynamic_cast<torch::autograd::AccumulateGrad*>(node)) {
        leaves.insert(leaf->variable.unsafeGetTensorImpl());
        continue;
      }
      recomputed += node->name().find("Recompute") != std::string::npos;
      size_t below = 0;
      for (const auto& edge : node->next_edges()) {
        if (!edge.is_valid()) continue;
        open.push_back(edge.function.get());
        ++below;
      }
      dead_ends += below == 0;
    }
  }
  std::set<Node*> nodes;
  std::set<c10::TensorImpl*> leaves;
  int64_t recomputed = 0;
  int64_t dead_ends = 0;  // nodes from which no parameter is reached
};

class GraphTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    model = test::open_toy(GetParam());
    model.lm->train();
    attach_fresh_adapter(find_targets(model, {"all-linear"}), {4, 8.0, 0.0}, 7);
    layers = text_config(model.config).integer("num_hidden_layers");
  }
  bool is_of_layer(const std::string& name, int64_t layer) const {
    return name.find(".layers." + std::to_string(layer) + ".") != std::string::npos;
  }
  /// Takes every adapter off but those of one layer, whose tensors it returns.
  std::set<c10::TensorImpl*> keep_layer(int64_t layer) {
    std::set<c10::TensorImpl*> kept;
    for (auto& [name, linear] : find_targets(model, {"all-linear"})) {
      if (!is_of_layer(name, layer)) {
        linear->detach_adapter();
        continue;
      }
      kept.insert(linear->adapter()->a.unsafeGetTensorImpl());
      kept.insert(linear->adapter()->b.unsafeGetTensorImpl());
    }
    return kept;
  }
  at::Tensor hidden() {
    const test::TokenRows rows = {test::random_ids(12, 1), test::random_ids(9, 2)};
    return model.lm->hidden(make_batch(make_forest(rows), at::kCPU), nullptr);
  }

  LoadedModel model;
  int64_t layers = 0;
};

TEST_P(GraphTest, AFrozenModelHasNone) {
  detach_adapters(*model.lm);
  const RecomputeScope scope(true);
  EXPECT_FALSE(hidden().requires_grad());
}

TEST_P(GraphTest, ItEndsAtTheAdapters) {
  const Graph all(hidden());
  EXPECT_EQ(all.leaves.size(), 2 * find_targets(model, {"all-linear"}).size());
  EXPECT_EQ(all.dead_ends, 0);
  const auto kept = keep_layer(layers - 1);
  const Graph last(hidden());
  EXPECT_EQ(last.leaves, kept);
  EXPECT_EQ(last.dead_ends, 0);
  EXPECT_LT(last.nodes.size(), all.nodes.size());
}

// Where something below does learn, the graph goes there: the test above would see it.
TEST_P(GraphTest, ItGoesDownToTheEmbeddingsWhereTheyLearn) {
  const auto kept = keep_layer(layers - 1);
  const size_t nodes = Graph(hidden()).nodes.size();
  for (auto& item : model.lm->named_parameters()) {
    if (item.key().ends_with("embed_tokens.weight")) item.value().requires_grad_();
  }
  const Graph through(hidden());
  EXPECT_GT(through.nodes.size(), nodes);
  EXPECT_EQ(through.leaves.size(), kept.size() + 1);
}

TEST_P(GraphTest, OnlyLayersThatLearnOrLieAboveAreComputedTwice) {
  const RecomputeScope scope(true);
  EXPECT_EQ(Graph(hidden()).recomputed, layers);
  const int64_t layer = layers - 2;
  keep_layer(layer);
  EXPECT_EQ(Graph(hidden()).recomputed, layers - layer);
}

// With and without it the gradients are the same bits.
TEST_P(GraphTest, GradientsAreTheSameBits) {
  const auto kept = keep_layer(layers - 1);
  const std::vector<TokenizedExample> rows = {{test::random_ids(12, 1), 4},
                                              {test::random_ids(9, 2), 3}};
  const std::vector<const TokenizedExample*> pointers = {&rows[0], &rows[1]};
  const LossBatch batch = make_loss_batch(pointers, LossOn::all, at::kCPU);
  std::vector<std::vector<at::Tensor>> gradients;
  for (const bool twice : {false, true}) {
    const RecomputeScope scope(twice);
    compute_loss(*model.lm, batch, 0.1, /*backward=*/true);
    auto& found = gradients.emplace_back();
    for (at::Tensor parameter : model.lm->parameters()) {
      if (!parameter.requires_grad()) {
        EXPECT_FALSE(parameter.grad().defined());
        continue;
      }
      found.push_back(parameter.grad().clone());
      parameter.mutable_grad().reset();
    }
  }
  ASSERT_EQ(gradients[0].size(), kept.size());
  for (size_t i = 0; i < kept.size(); ++i) {
    EXPECT_TRUE(at::equal(gradients[0][i], gradients[1][i]));
  }
}

INSTANTIATE_TEST_SUITE_P(Families, GraphTest,
                         testing::Values("qwen3_tied", "llama_smol", "gemma3_window", "lfm2_types"),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace tuneval
