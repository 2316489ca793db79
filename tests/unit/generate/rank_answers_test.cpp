#include "framework/generate/rank_answers.h"

#include "framework/generate/generate.h"
#include "tests/support/folder.h"
#include "tests/support/toy_models.h"
#include "tuneval/error.h"

#include <ATen/ops/log_softmax.h>
#include <gtest/gtest.h>

#include <cmath>

namespace tuneval {
namespace {

using Ids = std::vector<int64_t>;

const std::vector<Ids> kAnswers = {{7, 12, 40}, {7},          {7, 12, 41, 9}, {60, 61, 62, 63},
                                   {88, 20},    {60, 61, 64}, {7, 12, 40}};

class RankAnswersTest : public testing::Test {
 protected:
  RankAnswersTest() {
    std::vector<std::string> texts;
    for (const Ids& row : kAnswers) texts.push_back(test::words(row));
    answers = std::make_unique<AnswerTrie>(*model.text, texts);
  }
  /// Each answer behind the prompt in a row of its own, without a cache.
  std::vector<double> expected(const Ids& prompt) const {
    std::vector<double> sums;
    for (const Ids& answer : kAnswers) {
      const at::Tensor all = test::logits_of(*model.lm, {test::joined(prompt, answer)})[0];
      const at::Tensor logs = at::log_softmax(all.to(at::kDouble), -1);
      const auto at = [&](size_t place, int64_t id) {
        return logs[int64_t(prompt.size() + place) - 1][id].item<double>();
      };
      double sum = 0, ends = 0;
      for (size_t i = 0; i < answer.size(); ++i) sum += at(i, answer[i]);
      for (const int64_t end : model.text->end_tokens) ends += std::exp(at(answer.size(), end));
      sums.push_back(sum + std::log(ends));
    }
    return sums;
  }

  LoadedModel model = test::open_toy_ending_at("qwen3_tied", {1, 2});
  std::unique_ptr<AnswerTrie> answers;
  RankOptions options;
};

TEST_F(RankAnswersTest, EqualsEachAnswerInARowOfItsOwn) {
  std::vector<Ids> prompts;
  for (size_t i = 0; i < 20; ++i) {
    prompts.push_back(test::joined(test::random_ids(40, i % 2), test::random_ids(1 + i % 5, i)));
  }
  prompts.push_back(prompts[4]);
  prompts.push_back(test::joined(prompts[6], {9, 10}));
  prompts.push_back(test::random_ids(150, 77));
  std::vector<size_t> best;
  for (const int64_t budget : {1, 30, 8192}) {
    options.token_budget = budget;
    int64_t told = 0;
    options.progress = [&](int64_t rows, int64_t) { told = rows; };
    const RankedAnswers ranked = rank_answers(model, prompts, *answers, options);
    for (size_t i = 0; i < prompts.size(); ++i) {
      const std::vector<double> reference = expected(prompts[i]);
      const std::vector<double>& found = ranked.prompts[i].log_probability;
      ASSERT_EQ(found.size(), kAnswers.size());
      for (size_t n = 0; n < found.size(); ++n) EXPECT_NEAR(found[n], reference[n], 2e-4) << n;
      EXPECT_EQ(found[0], found[6]);  // the same tokens
      const auto highest = std::max_element(found.begin(), found.end());
      EXPECT_EQ(ranked.prompts[i].best, size_t(highest - found.begin()));
      if (best.size() < prompts.size()) best.push_back(ranked.prompts[i].best);
      EXPECT_EQ(ranked.prompts[i].best, best[i]);
    }
    EXPECT_EQ(told, int64_t(prompts.size()));
    if (ranked.arbitrated == 0) {
      const int64_t behind = make_forest(kAnswers).tokens() * int64_t(prompts.size() - 1);
      EXPECT_EQ(ranked.computed_tokens, make_forest(prompts).tokens() + behind);
    }
  }
}

// All tokens equally likely: the shortest answer wins, then the first; decided by the prompt alone.
TEST_F(RankAnswersTest, TiesAreDecidedByThePromptAlone) {
  for (auto& item : model.lm->named_parameters()) {
    if (item.key() == "model.embed_tokens.weight") {
      item.value().set_data(at::zeros_like(item.value().detach()));
    }
  }
  const std::vector<Ids> prompts = {{9, 10, 11}, {9, 10}, test::random_ids(200, 3)};
  const std::vector<std::string> even = {"w30 w31", "w40 w41", "w30 w32"};
  for (const AnswerScores& scores :
       rank_answers(model, prompts, AnswerTrie(*model.text, even), options).prompts) {
    EXPECT_EQ(scores.best, 0u);
  }
  const RankedAnswers ranked = rank_answers(model, prompts, *answers, options);
  for (const AnswerScores& scores : ranked.prompts) EXPECT_EQ(scores.best, 1u);
}

TEST_F(RankAnswersTest, WhatDoesNotFitIsRefused) {
  const auto refusal = [&](const std::vector<Ids>& prompts) {
    return test::message_of<DataError>([&] { rank_answers(model, prompts, *answers, options); });
  };
  EXPECT_EQ(refusal({{5}, {}}), "prompt 1: the prompt is empty");
  model.context = 7;
  EXPECT_EQ(refusal({{5, 6, 7}, {5, 6, 7, 8}}),
            "prompt 1: the prompt and the longest answer have 8 tokens: " + model.folder.string() +
                " takes 7");
  options.name = [](size_t index) { return "test.jsonl:" + std::to_string(index + 1); };
  EXPECT_TRUE(refusal({{5}, {}}).starts_with("test.jsonl:2: the prompt is empty"));
  EXPECT_TRUE(rank_answers(model, std::vector<Ids>{}, *answers, options).prompts.empty());
}

TEST_F(RankAnswersTest, LogitsThatAreNotFiniteNameTheRow) {
  for (auto& item : model.lm->named_parameters()) {
    if (item.key() != "model.embed_tokens.weight") continue;
    at::Tensor weight = item.value().detach().clone();
    weight[60].fill_(std::numeric_limits<float>::quiet_NaN());
    item.value().set_data(weight);
  }
  options.name = [](size_t index) { return "test.jsonl:" + std::to_string(index + 1); };
  const std::vector<Ids> prompts = {{5, 6}};
  EXPECT_TRUE(test::message_of<CheckpointError>([&] {
                rank_answers(model, prompts, *answers, options);
              }).starts_with("test.jsonl:1: the logits that "));
}

}  // namespace
}  // namespace tuneval
