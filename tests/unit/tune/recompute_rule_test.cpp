#include "framework/tune/recompute_rule.h"
#include "tests/support/toy_models.h"

#include <gtest/gtest.h>

namespace tuneval::test {
namespace {

TEST(RecomputeRuleTest, AsFewLayersAsLetTheOthersFit) {
  const LoadedModel model = open_toy("qwen3_tied");  // two layers
  Recipe recipe;
  recipe.activation_mib = 1;
  const RecomputeRule rule(model, recipe);
  EXPECT_EQ(rule.all_layers(), 2);
  EXPECT_EQ(rule.layers(1), 0);
  EXPECT_EQ(rule.layers(1 << 20), 2);
  int64_t before = 0, steps = 0;
  for (int64_t tokens = 1; tokens < 4000; ++tokens) {
    const int64_t layers = rule.layers(tokens);
    EXPECT_GE(layers, before);  // a larger batch keeps no more of them
    steps += layers != before;
    before = layers;
  }
  EXPECT_EQ(steps, 2);  // none, one, both
}

TEST(RecomputeRuleTest, TheRecipeMaySayAllOrNone) {
  const LoadedModel model = open_toy("qwen3_tied");
  Recipe recipe;
  recipe.recompute = "always";
  EXPECT_EQ(RecomputeRule(model, recipe).layers(1), 2);
  recipe.recompute = "never";
  EXPECT_EQ(RecomputeRule(model, recipe).layers(1 << 20), 0);
}

TEST(RecomputeRuleTest, ATextPartsLayersAreCounted) {
  const LoadedModel model = open_toy("gemma3_vision");
  EXPECT_EQ(RecomputeRule(model, {}).all_layers(),
            model.config.object("text_config").integer("num_hidden_layers"));
}

}  // namespace
}  // namespace tuneval::test
