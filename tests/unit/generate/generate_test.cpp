#include "framework/generate/generate.h"

#include "tests/support/folder.h"
#include "tests/support/toy_models.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tuneval {
namespace {

using test::message_of;
using Ids = std::vector<int64_t>;

class GenerateTest : public testing::Test {
 protected:
  GenerateTest() { options.decoding.max_new_tokens = 20; }

  Completion complete(const Ids& row) const {
    return generate(model, std::vector<Ids>{row}, options).completions.at(0);
  }
  std::string refusal(const std::vector<Ids>& prompts) const {
    return message_of<DataError>([&] { generate(model, prompts, options); });
  }
  /// "w7", as the tokenizer writes it.
  static std::string word(int64_t id) { return fmt::format("w{}", id); }

  LoadedModel model = test::open_toy_ending_at("qwen3_tied", {});
  GenerateOptions options;
  const Ids prompt = {23, 11, 89, 90, 88, 62, 74};  // goes on 64 45 2 32 39 69 32 56 …
};

TEST_F(GenerateTest, EndsAtTheTokenLimit) {
  const Completion whole = complete(prompt);
  EXPECT_EQ(whole.ids.size(), 20u);
  EXPECT_EQ(whole.stop, StopReason::length);
  EXPECT_EQ(whole.text, test::words(whole.ids));
  for (const int64_t most : {1, 2, 7}) {
    options.decoding.max_new_tokens = most;
    EXPECT_EQ(complete(prompt).ids, Ids(whole.ids.begin(), whole.ids.begin() + most));
  }
}

TEST_F(GenerateTest, EndsAtAnyEndToken) {
  const Ids whole = complete(prompt).ids;
  model = test::open_toy_ending_at("qwen3_tied", {whole[3], 95});
  const Completion ended = complete(prompt);
  EXPECT_EQ(ended.ids, Ids(whole.begin(), whole.begin() + 3));
  EXPECT_EQ(ended.stop, StopReason::end_token);
  model = test::open_toy_ending_at("qwen3_tied", {whole[0]});
  EXPECT_TRUE(complete(prompt).ids.empty());
  EXPECT_EQ(complete(prompt).text, "");
  EXPECT_STREQ(to_string(complete(prompt).stop), "end");
}

TEST_F(GenerateTest, EndsAtAStopStringWhichIsNoPartOfTheAnswer) {
  const Completion whole = complete(prompt);
  const auto text = [&](size_t count) {
    return test::words(Ids(whole.ids.begin(), whole.ids.begin() + long(count)));
  };
  options.decoding.stop = {"none such", word(whole.ids[3])};
  const Completion stopped = complete(prompt);
  EXPECT_EQ(stopped.text, text(3) + " ");
  EXPECT_EQ(stopped.ids, Ids(whole.ids.begin(), whole.ids.begin() + 4));
  EXPECT_EQ(stopped.stop, StopReason::stop_string);
  EXPECT_STREQ(to_string(stopped.stop), "stop");
  // One that spans tokens; and of two that come with the same token, the one that begins first.
  options.decoding.stop = {word(whole.ids[4]),
                           word(whole.ids[3]) + " " + word(whole.ids[4]).substr(0, 2)};
  EXPECT_EQ(complete(prompt).text, text(3) + " ");
}

TEST_F(GenerateTest, EndsWhereTheModelsContextDoes) {
  model.context = int64_t(prompt.size()) + 4;
  const Completion cut = complete(prompt);
  EXPECT_EQ(cut.ids.size(), 4u);
  EXPECT_EQ(cut.stop, StopReason::length);
  model.context = int64_t(prompt.size()) + 1;
  EXPECT_EQ(complete(prompt).ids.size(), 1u);
  model.context = int64_t(prompt.size());
  EXPECT_EQ(refusal({{5}, prompt}),
            "prompt 1 has 7 tokens: " + model.folder.string() + " takes 7, the answer included");
  model.context = 0;  // unknown: no limit
  EXPECT_EQ(complete(prompt).ids.size(), 20u);
}

TEST_F(GenerateTest, AnEmptyPromptIsRefusedAndNoPromptsAreFine) {
  EXPECT_EQ(refusal({prompt, {}}), "prompt 1 is empty");
  const Generated nothing = generate(model, std::vector<Ids>{}, options);
  EXPECT_TRUE(nothing.completions.empty());
  EXPECT_EQ(nothing.computed_tokens, 0);
}

TEST_F(GenerateTest, AnswersComeInThePromptsOrderWhateverIsDecodedTogether) {
  std::vector<Ids> prompts;
  for (size_t i = 0; i < 23; ++i) {
    Ids row = test::joined(test::random_ids(40, i % 2), test::random_ids(1 + i % 9, i));
    prompts.push_back(i % 5 == 4 ? prompts[i - 1] : row);
  }
  model = test::open_toy("qwen3_tied");
  std::vector<Completion> alone;
  for (const Ids& row : prompts) alone.push_back(complete(row));
  for (const int64_t batch_size : {3, 64}) {
    for (const int64_t budget : {1, 60, 8192}) {
      options.batch_size = batch_size;
      options.token_budget = budget;
      const Generated made = generate(model, prompts, options);
      for (size_t i = 0; i < prompts.size(); ++i) {
        EXPECT_EQ(made.completions[i].ids, alone[i].ids) << i;
        EXPECT_EQ(made.completions[i].stop, alone[i].stop) << i;
      }
    }
  }
}

TEST_F(GenerateTest, WhatPromptsShareIsComputedOnce) {
  const Ids shared = test::random_ids(50, 1);
  std::vector<Ids> prompts;
  for (size_t i = 0; i < 8; ++i) {
    prompts.push_back(test::joined(shared, test::random_ids(3, 10 + i)));
  }
  options.batch_size = 2;
  std::vector<int64_t> told;
  options.progress = [&](int64_t rows, int64_t) { told.push_back(rows); };
  const Generated made = generate(model, prompts, options);
  EXPECT_EQ(made.prompt_tokens, 8 * 53);
  EXPECT_EQ(made.computed_tokens, 50 + 8 * 3);
  EXPECT_EQ(made.new_tokens, 8 * 20);
  EXPECT_EQ(told, (std::vector<int64_t>{2, 4, 6, 8}));
  // Equal prompts keep one token each batch, whose logits the answers begin with.
  EXPECT_EQ(generate(model, std::vector<Ids>(4, prompts[0]), options).computed_tokens, 52 + 2);
}

// Answers of many blocks of the cache, in batches that use the same slots again.
TEST_F(GenerateTest, LongAnswersEqualThoseWithoutACache) {
  options.decoding.max_new_tokens = 90;
  options.batch_size = 2;
  const std::vector<Ids> prompts = {prompt, {20, 21}, {20, 22}, {40}, {41, 42, 43}};
  const Generated made = generate(model, prompts, options);
  for (size_t i = 0; i < prompts.size(); ++i) {
    const Ids row = test::joined(prompts[i], made.completions[i].ids);
    ASSERT_EQ(row.size(), prompts[i].size() + 90);
    const at::Tensor best = test::logits_of(*model.lm, {row})[0].argmax(-1);
    for (size_t at = prompts[i].size(); at < row.size(); ++at) {
      EXPECT_EQ(best[int64_t(at) - 1].item<int64_t>(), row[at]) << i << ", " << at;
    }
  }
}

}  // namespace
}  // namespace tuneval
