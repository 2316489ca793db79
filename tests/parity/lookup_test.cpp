// Lookup guesses tokens and checks them: completions are those that come without it.
#include "framework/generate/lookup.h"
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

/// How many tokens of an answer lookup knows when it is asked for each.
int64_t known_tokens(std::vector<int64_t> row, const std::vector<int64_t>& answer) {
  int64_t known = 0;
  for (const int64_t id : answer) {
    known += look_up(row, 1) == std::vector<int64_t>{id};
    row.push_back(id);
  }
  return known;
}

// Of answers that go in a circle, and meet no near tie there, the one that does so first.
TEST_P(Lookup, WhatARowRepeatsIsDrafted) {
  LoadedModel model = open_greedy(GetParam());
  end_at(model, {});
  forget_context(model);
  GenerateOptions options;
  options.decoding.max_new_tokens = 60;
  options.lookup = false;
  TokenRows prompt;
  std::vector<int64_t> answer;
  int64_t known = 0;
  for (int64_t id = 8; id < 40; ++id) {
    const Generated plain = generate(model, TokenRows{{id}}, options);
    const std::vector<int64_t>& ids = plain.completions[0].ids;
    if (plain.arbitrated > 0 || known_tokens({id}, ids) <= known) continue;
    known = known_tokens({id}, ids);
    prompt = {{id}};
    answer = ids;
  }
  ASSERT_GT(known, 30);
  options.lookup = true;
  const Generated made = generate(model, prompt, options);
  EXPECT_EQ(made.completions[0].ids, answer);
  EXPECT_EQ(made.new_tokens, 60);
  EXPECT_EQ(made.steps + made.accepted, 59);
  EXPECT_GT(made.accepted, known / 2);
  RecordProperty("steps", int(made.steps));
}

INSTANTIATE_TEST_SUITE_P(Models, Lookup, testing::ValuesIn(greedy_models()),
                         [](const auto& one) { return greedy_name(one.param); });

}  // namespace
}  // namespace tuneval::test
