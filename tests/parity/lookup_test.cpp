// Lookup guesses tokens and checks them: completions are those that come without it.
#include "tests/parity/greedy.h"

namespace tuneval::test {
namespace {

class Lookup : public testing::TestWithParam<std::string> {};

TEST_P(Lookup, CompletionsAreTheSameWithAndWithoutIt) {
  const LoadedModel model = open_greedy(GetParam());
  const TokenRows prompts = greedy_prompts();
  GenerateOptions options;
  options.decoding.max_new_tokens = 50;
  options.lookup = false;
  const Generated plain = generate(model, prompts, options);
  EXPECT_EQ(plain.drafted, 0);
  options.lookup = true;
  for (const int64_t batch_size : {1, 6}) {
    options.batch_size = batch_size;
    const Generated made = generate(model, prompts, options);
    for (size_t i = 0; i < prompts.size(); ++i) {
      EXPECT_EQ(made.completions[i].ids, plain.completions[i].ids) << i << ", " << batch_size;
      EXPECT_EQ(made.completions[i].stop, plain.completions[i].stop) << i << ", " << batch_size;
    }
    EXPECT_EQ(made.new_tokens, plain.new_tokens);
    EXPECT_GT(made.drafted, 0);
    EXPECT_GE(made.drafted, made.accepted);
    if (batch_size == 1) {
      EXPECT_EQ(made.steps + made.accepted, made.new_tokens - int64_t(prompts.size()));
    }
  }
}

// The row's answer stands in it already: every token behind the first few is a copy.
TEST_P(Lookup, WhatARowRepeatsIsDrafted) {
  const LoadedModel model = open_greedy(GetParam());
  GenerateOptions options;
  options.decoding.max_new_tokens = 60;
  options.batch_size = 1;
  int64_t tokens = 0, steps = 0, drafted = 0;
  for (size_t i = 0; i < 6; ++i) {
    auto row = random_ids(9, 990 + i);
    options.lookup = false;
    row = joined(row, generate(model, TokenRows{row}, options).completions[0].ids);
    options.lookup = true;
    const Generated made = generate(model, TokenRows{joined(row, row)}, options);
    tokens += made.new_tokens;
    steps += made.steps;
    drafted += made.drafted;
  }
  RecordProperty("tokens", int(tokens));
  RecordProperty("steps", int(steps));
  // A trained model may end every one of these random rows at once: nothing to repeat.
  if (tokens < 20) GTEST_SKIP() << "the answers have " << tokens << " tokens in all";
  EXPECT_GT(drafted, 0);
  EXPECT_LT(steps, tokens);
}

INSTANTIATE_TEST_SUITE_P(Models, Lookup, testing::ValuesIn(greedy_models()),
                         [](const auto& one) { return greedy_name(one.param); });

}  // namespace
}  // namespace tuneval::test
