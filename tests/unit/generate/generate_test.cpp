#include "framework/generate/generate.h"

#include "tests/support/folder.h"
#include "tests/support/toy_models.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>

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
  prompts.push_back(test::joined(prompts[3], {9}));  // begins as a whole prompt
  options.lookup = false;                            // so that rows finish together
  for (const int64_t batch_size : {1, 2, 64}) {
    for (const int64_t budget : {1, 7, 2048}) {
      options.batch_size = batch_size;
      options.token_budget = budget;
      std::vector<int64_t> told;
      options.progress = [&](int64_t rows, int64_t) { told.push_back(rows); };
      const Generated made = generate(model, prompts, options);
      EXPECT_EQ(made.prompt_tokens, 8 * 53 + 54);
      EXPECT_EQ(made.computed_tokens, make_forest(prompts).tokens());
      EXPECT_EQ(made.new_tokens, 9 * 20);
      EXPECT_EQ(told.back(), 9);
      EXPECT_EQ(told.size(), size_t((9 + batch_size - 1) / batch_size));
      EXPECT_EQ(made.steps, 19 * int64_t(told.size()));
    }
  }
}

TEST_F(GenerateTest, EqualPromptsAreCompletedOnce) {
  const std::vector<Ids> prompts = {prompt, {5, 6}, prompt, prompt};
  std::vector<int64_t> told;
  options.batch_size = 1;
  options.progress = [&](int64_t rows, int64_t) { told.push_back(rows); };
  const Generated made = generate(model, prompts, options);
  EXPECT_EQ(told, (std::vector<int64_t>{1, 4}));
  EXPECT_EQ(made.computed_tokens, 7 + 2);
  EXPECT_EQ(made.new_tokens, 4 * 20);
  const Completion one = complete(prompt);
  for (const size_t i : {0, 2, 3}) {
    EXPECT_EQ(made.completions[i].ids, one.ids);
    EXPECT_EQ(made.completions[i].text, one.text);
    EXPECT_EQ(made.completions[i].stop, one.stop);
  }
}

// Rows of which some end early: others take their places, and get their answers.
TEST_F(GenerateTest, PlacesOfFinishedRowsAreTaken) {
  std::vector<Ids> prompts;
  for (size_t i = 0; i < 40; ++i) prompts.push_back(test::random_ids(5 + i % 7, 500 + i));
  options.decoding.max_new_tokens = 60;
  model = test::open_toy("qwen3_tied");
  options.lookup = false;
  std::vector<Completion> alone;
  int64_t tokens = 0, longest = 0;
  for (const Ids& row : prompts) {
    alone.push_back(complete(row));
    tokens += int64_t(alone.back().ids.size());
    longest = std::max(longest, int64_t(alone.back().ids.size()));
  }
  ASSERT_LT(tokens, 36 * 60);  // some do end early
  options.batch_size = 8;
  for (const int64_t most : {1, 200, 32768}) {  // one row at a time, a few, all of the batch
    options.cache_tokens = most;
    const Generated made = generate(model, prompts, options);
    for (size_t i = 0; i < prompts.size(); ++i) EXPECT_EQ(made.completions[i].ids, alone[i].ids);
    if (most == 1) {
      EXPECT_GE(made.steps, tokens - 40);
    }
    if (most == 32768) {
      EXPECT_LT(made.steps, 5 * longest);
    }  // five batches that wait for the last
  }
}

/// Replaces the vocabulary's weights.
void set_vocabulary(LoadedModel& model, const std::function<at::Tensor(at::Tensor)>& change) {
  for (auto& item : model.lm->named_parameters()) {
    if (item.key() == "model.embed_tokens.weight") {
      item.value().set_data(change(item.value().detach().clone()));
    }
  }
}

TEST_F(GenerateTest, LogitsThatAreNotFiniteAreAnErrorThatNamesTheRow) {
  set_vocabulary(model, [](at::Tensor weight) {
    weight[60][0] = std::numeric_limits<float>::quiet_NaN();
    return weight;
  });
  const auto failure = [&] {
    return message_of<CheckpointError>([&] { generate(model, std::vector<Ids>{prompt}, options); });
  };
  const std::string rest = ": token 1 of its answer: the logits that " + model.folder.string() +
                           " gives in float32 are not all finite numbers: weights or adapter are "
                           "broken, or the format is too narrow for them";
  EXPECT_EQ(failure(), "prompt 0" + rest);
  options.name = [](size_t index) { return fmt::format("test.jsonl:{}", index + 1); };
  EXPECT_EQ(failure(), "test.jsonl:1" + rest);
  set_vocabulary(model, [](at::Tensor weight) {
    weight[60].fill_(std::numeric_limits<float>::infinity());
    return weight;
  });
  EXPECT_EQ(failure(), "test.jsonl:1" + rest);
}

// All logits equal: every token of every row is a near tie, and the lowest id is the answer.
TEST_F(GenerateTest, NothingButTiesComesToAnEnd) {
  set_vocabulary(model, [](at::Tensor weight) { return weight.zero_(); });
  std::vector<Ids> prompts;
  for (size_t i = 0; i < 20; ++i) prompts.push_back(test::random_ids(100 + i, i));
  options.decoding.max_new_tokens = 100;
  const Generated made = generate(model, prompts, options);
  for (const Completion& completion : made.completions) EXPECT_EQ(completion.ids, Ids(100, 0));
  EXPECT_EQ(made.arbitrated, 20 * 100);
  EXPECT_LT(made.steps, 10);  // soon each is computed by itself
}

TEST_F(GenerateTest, OrderIndependenceIsPromisedInFloat32OnACpu) {
  EXPECT_TRUE(order_independent(model));
  EXPECT_FALSE(order_independent(test::open_toy("qwen3_tied", "bfloat16")));
  model.device = at::Device("cuda:0");
  EXPECT_FALSE(order_independent(model));
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
