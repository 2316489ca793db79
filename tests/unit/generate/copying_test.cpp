// Lookup where it helps: a model whose next token depends on the last one alone copies what
// followed that token before.
#include "framework/generate/generate.h"
#include "tests/support/toy_models.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace tuneval {
namespace {

using Ids = std::vector<int64_t>;

LoadedModel open_walker(const Ids& end_tokens) {
  LoadedModel model = test::open_toy_ending_at("llama_smol", end_tokens);
  test::forget_context(model);
  return model;
}

class CopyingTest : public testing::Test {
 protected:
  CopyingTest() {
    options.decoding.max_new_tokens = 80;
    options.lookup = false;
    for (int64_t id = 8; id < 96; ++id) {
      Ids walk = test::joined({id}, generate_one({id}));
      const std::set<int64_t> distinct(walk.begin(), walk.end());
      if (distinct.size() > most_distinct) {
        most_distinct = distinct.size();
        longest = walk;
      }
    }
  }
  Ids generate_one(const Ids& prompt) const {
    return generate(model, std::vector<Ids>{prompt}, options).completions.at(0).ids;
  }

  LoadedModel model = open_walker({});
  GenerateOptions options;
  size_t most_distinct = 0;
  Ids longest;  // a walk from token to token
};

TEST_F(CopyingTest, ACopyTakesFarFewerStepsThanTokens) {
  ASSERT_GE(most_distinct, 5u);
  const Ids prompt = test::joined(longest, {longest[0]});
  const Generated plain = generate(model, std::vector<Ids>{prompt}, options);
  ASSERT_EQ(plain.completions[0].ids, Ids(longest.begin() + 1, longest.end()));
  EXPECT_EQ(plain.steps, 79);
  EXPECT_EQ(plain.drafted, 0);
  options.lookup = true;
  const Generated made = generate(model, std::vector<Ids>{prompt}, options);
  EXPECT_EQ(made.completions[0].ids, plain.completions[0].ids);
  EXPECT_EQ(made.new_tokens, 80);
  EXPECT_EQ(made.steps + made.accepted, 79);
  EXPECT_LE(made.steps, 16);
  RecordProperty("steps", int(made.steps));
}

TEST_F(CopyingTest, EveryWalkIsTheSameWithLookupWhateverIsDecodedTogether) {
  std::vector<Ids> prompts;
  for (int64_t id = 8; id < 60; ++id) {
    prompts.push_back({id});
    prompts.push_back(test::joined(test::random_ids(size_t(id), uint64_t(id)), {id}));
    prompts.push_back(test::joined(longest, {id, id + 1, id}));
  }
  for (const int64_t most : {2, 80}) {
    options.decoding.max_new_tokens = most;
    options.lookup = false;
    const Generated plain = generate(model, prompts, options);
    options.lookup = true;
    for (const int64_t batch_size : {1, 5, 64}) {
      options.batch_size = batch_size;
      const Generated made = generate(model, prompts, options);
      for (size_t i = 0; i < prompts.size(); ++i) {
        ASSERT_EQ(made.completions[i].ids, plain.completions[i].ids) << i;
      }
      EXPECT_EQ(made.new_tokens, plain.new_tokens);
      if (batch_size < 64 && most == 80) {
        EXPECT_GT(made.accepted, made.new_tokens / 2);
      }
    }
  }
}

// Endings inside a draft: nothing behind them is taken.
TEST_F(CopyingTest, DraftsEndWhereTheAnswerDoes) {
  options.lookup = true;
  const Ids prompt = test::joined(longest, {longest[0]});
  for (size_t end = 1; end < most_distinct; ++end) {
    const auto last = longest.begin() + int64_t(end);
    const auto first = std::find(longest.begin() + 1, longest.end(), *last);
    const Ids before(longest.begin() + 1, first);
    GenerateOptions stopping = options;
    stopping.decoding.stop = {test::words({*last}) + " "};  // its word, then the next token's
    stopping.decoding.max_new_tokens = int64_t(before.size()) + 1;
    const Completion cut = generate(model, std::vector<Ids>{prompt}, stopping).completions.at(0);
    EXPECT_EQ(cut.ids, test::joined(before, {*last}));
    EXPECT_EQ(cut.stop, StopReason::length);

    const LoadedModel ending = open_walker({*last});
    const Completion ended = generate(ending, std::vector<Ids>{prompt}, options).completions.at(0);
    EXPECT_EQ(ended.ids, before);
    EXPECT_EQ(ended.stop, StopReason::end_token);

    stopping.decoding.max_new_tokens = 80;
    const Completion stopped =
        generate(model, std::vector<Ids>{prompt}, stopping).completions.at(0);
    EXPECT_EQ(stopped.stop, StopReason::stop_string);
    options.lookup = false;
    stopping.lookup = false;
    EXPECT_EQ(stopped.ids,
              generate(model, std::vector<Ids>{prompt}, stopping).completions.at(0).ids);
    options.lookup = true;
  }
}

}  // namespace
}  // namespace tuneval
