// How answers come about: written freely, held to the classes, ranked; shots before the prompt.
#include "framework/score/score.h"
#include "tests/support/toy_run.h"
#include "tuneval/error.h"

#include <ATen/ops/log_softmax.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace tuneval {
namespace {

using test::all_plugins;

const std::vector<std::string> kClasses = {"w30", "w31 w32", "w31 w33 w34", "w40 w41"};

class AnswersTest : public testing::Test {
 protected:
  /// A task of these classes; `more`: lines of [options].
  TaskData task_with(const std::string& more = "") const {
    std::string rows;
    for (size_t i = 0; i < 8; ++i) {
      rows += fmt::format("{{\"input\": \"{}\", \"label\": \"{}\"}}\n",
                          test::words(test::random_ids(1 + i % 4, i)), kClasses[i % 4]);
    }
    const auto folder = files.path() / "pack";
    test::write_text(folder / "train.jsonl", rows);
    test::write_text(folder / "test.jsonl", rows);
    test::write_text(folder / "pack.toml", R"(name = "answers"
task_type = "classification"
description = "w10 w11"
[options]
classes = ["w30", "w31 w32", "w31 w33 w34", "w40 w41"]
prompt = "{description} {input}"
max_new_tokens = 5
)" + more);
    const Pack pack = read_pack(folder);
    return read_task(all_plugins(), pack, pack.options);
  }
  ScoreSet scored(const TaskData& task, const ScoreOptions& options = {}) const {
    return score(model, task, all_plugins(), options);
  }
  /// log P(answer, then an end token | prompt), from the logits of a row of its own.
  double log_probability(const std::vector<int64_t>& prompt, const std::string& answer) const {
    const std::vector<std::string> one = {answer};
    const auto ids = model.text->tokenizer.encode_batch(one, /*add_special_tokens=*/false)[0];
    const at::Tensor all = test::logits_of(*model.lm, {test::joined(prompt, ids)})[0];
    const at::Tensor logs = at::log_softmax(all.to(at::kDouble), -1);
    const auto at = [&](size_t place, int64_t id) {
      return logs[int64_t(prompt.size() + place) - 1][id].item<double>();
    };
    double sum = 0, ends = 0;
    for (size_t i = 0; i < ids.size(); ++i) sum += at(i, ids[i]);
    for (const int64_t end : model.text->end_tokens) ends += std::exp(at(ids.size(), end));
    return sum + std::log(ends);
  }
  std::string likeliest(const Example& example) const {
    const std::vector<int64_t> prompt = prompt_ids(*model.text, example);
    std::vector<double> values;
    for (const std::string& one : kClasses) values.push_back(log_probability(prompt, one));
    return kClasses[size_t(std::ranges::max_element(values) - values.begin())];
  }

  test::TempFolder files;
  LoadedModel model = test::open_toy_ending_at("qwen3_tied", {1, 2});
};

TEST_F(AnswersTest, FreeAnswersMayBeAnything) {
  const ScoreSet set = scored(task_with());
  EXPECT_FALSE(set.summary.constrained);
  EXPECT_FALSE(set.summary.ranked);
  EXPECT_LT(set.summary.parsed, 8) << "the model of this test writes classes by itself";
  EXPECT_EQ(set.summary.shots, 0);
}

TEST_F(AnswersTest, ConstrainedAnswersAreClasses) {
  const ScoreSet set = scored(task_with("constrained = true\n"));
  EXPECT_TRUE(set.summary.constrained);
  EXPECT_FALSE(set.summary.ranked);
  EXPECT_EQ(set.summary.parsed, 8);
  EXPECT_GE(set.summary.new_tokens, 16);  // a class and an end token each
  for (const PredictionRow& row : set.rows) {
    EXPECT_NE(std::ranges::find(kClasses, row.prediction), kClasses.end()) << row.completion;
    EXPECT_EQ(row.stop, "end");
  }
}

TEST_F(AnswersTest, ARankedAnswerIsTheLikeliestAsAWhole) {
  const TaskData task = task_with("ranked = true\n");
  int64_t last = 0;
  ScoreOptions options;
  options.progress = [&](int64_t rows, int64_t) { last = rows; };
  const ScoreSet set = scored(task, options);
  EXPECT_EQ(last, 8);
  EXPECT_TRUE(set.summary.constrained);
  EXPECT_TRUE(set.summary.ranked);
  EXPECT_EQ(set.summary.parsed, 8);
  EXPECT_EQ(set.summary.new_tokens, 0);
  EXPECT_GT(set.summary.computed_tokens, 0);
  double right = 0;
  for (size_t i = 0; i < 8; ++i) {
    const PredictionRow& row = set.rows[i];
    EXPECT_EQ(row.prediction, likeliest(task.test[i])) << row.where;
    EXPECT_EQ(row.completion, row.prediction);
    EXPECT_EQ(row.stop, "end");
    right += row.prediction == task.test[i].target ? 1 : 0;
  }
  EXPECT_DOUBLE_EQ(set.summary.metrics[0].value, right / 8);
}

TEST_F(AnswersTest, APromptMustLeaveRoomForTheLongestAnswer) {
  const TaskData task = task_with("ranked = true\n");
  model.context = 8;  // two words, one to four more, three of an answer
  EXPECT_EQ(test::message_of<DataError>([&] { scored(task); }),
            task.test[3].where + ": the prompt and the longest answer have 9 tokens: " +
                model.folder.string() + " takes 8");
}

TEST_F(AnswersTest, ShotsStandBeforeThePromptWhereAskedFor) {
  for (const char* more : {"shots = 3\n", "shots = 3\nranked = true\n"}) {
    const TaskData task = task_with(more);
    ScoreOptions options;
    const ScoreSet without = scored(task, options);
    options.shots = true;
    const ScoreSet with = scored(task, options);
    EXPECT_EQ(without.summary.shots, 0);
    EXPECT_EQ(with.summary.shots, 3);
    EXPECT_GT(with.summary.prompt_tokens, without.summary.prompt_tokens);
    for (size_t i = 0; i < 8; ++i) {
      const Example asked = with_shots(task.test[i], task.shots);
      EXPECT_EQ(asked.messages.size(), 7u);
      EXPECT_EQ(with.rows[i].prompt, prompt_text(*model.text, asked));
      EXPECT_EQ(without.rows[i].prompt, prompt_text(*model.text, task.test[i]));
      EXPECT_EQ(with.rows[i].references, task.test[i].references);
      if (with.summary.ranked) {
        EXPECT_EQ(with.rows[i].prediction, likeliest(asked));
      }
    }
  }
}

}  // namespace
}  // namespace tuneval
