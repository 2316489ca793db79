#pragma once

#include "framework/tune/checkpoint.h"
#include "framework/tune/tune.h"
#include "tests/support/toy_models.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tuneval {

/// Three classes that the prompt's last word decides.
inline std::vector<Example> examples(size_t count) {
  std::vector<Example> all;
  for (size_t i = 0; i < count; ++i) {
    const auto words = test::joined(test::joined({10, 11, 12, 13}, test::random_ids(1 + i % 4, i)),
                                    {int64_t(60 + i % 3)});
    Example example;
    example.messages = {{"user", test::words(words), ""}};
    example.target = test::words({int64_t(30 + i % 3), int64_t(40 + i % 3)});
    example.where = "train.jsonl:" + std::to_string(i + 1);
    all.push_back(example);
  }
  return all;
}

inline Recipe small_recipe() {
  Recipe recipe;
  recipe.epochs = 3;
  recipe.learning_rate = 5e-3;
  recipe.rank = 4;
  recipe.alpha = 8;
  recipe.batch_size = 4;
  return recipe;
}

struct Tuned {
  explicit Tuned(const std::string& device = "cpu")
      : model(test::open_toy("qwen3_tied", "float32", device)) {}
  LoadedModel model;
  TuneSummary summary;
  NamedTensors weights() const {
    NamedTensors all;
    for (const auto& item : model.lm->named_parameters())
      all.emplace_back(item.key(), item.value());
    return all;
  }
};

inline Tuned tuned(const Recipe& recipe, const TuneOptions& options = {},
                   const std::string& device = "cpu") {
  Tuned made(device);
  made.summary = tune(made.model, examples(30), recipe, options);
  return made;
}

inline void expect_same_bits(const Tuned& found, const Tuned& expected) {
  const NamedTensors a = found.weights(), b = expected.weights();
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i)
    EXPECT_TRUE(at::equal(a[i].second, b[i].second)) << a[i].first;
  EXPECT_EQ(found.summary.curve, expected.summary.curve);
  EXPECT_EQ(found.summary.learning_curve, expected.summary.learning_curve);
  EXPECT_EQ(found.summary.best_step, expected.summary.best_step);
  EXPECT_EQ(found.summary.validation_loss, expected.summary.validation_loss);
  EXPECT_EQ(found.summary.tokens, expected.summary.tokens);
  EXPECT_EQ(found.summary.computed_tokens, expected.summary.computed_tokens);
}

}  // namespace tuneval
