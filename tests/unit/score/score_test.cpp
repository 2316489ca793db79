#include "framework/score/score.h"

#include "tests/support/toy_run.h"
#include "tuneval/error.h"

#include <gtest/gtest.h>

namespace tuneval {
namespace {

using test::all_plugins;

/// Scores what it likes: "picky" leaves out every example whose answer is "w31".
struct Picky : Metric {
  SampleScore score(const Example& example, const Prediction&) const override {
    if (example.target == "w31") return SampleScore::unscored("it is w31");
    return SampleScore::of(example.target == "w30" ? 1.0 : 0.5);
  }
};

class ScoreTest : public testing::Test {
 protected:
  ScoreTest() {
    run.add_task("colours");
    const Pack pack = read_pack(run.pack_folder("colours"));
    task = read_task(all_plugins(), pack, pack.options);
  }
  ScoreSet scored(const ScoreOptions& options = {}) const {
    return score(model, task, all_plugins(), options);
  }

  test::ToyRun run;
  TaskData task;
  LoadedModel model = test::open_toy("qwen3_tied");
};

TEST_F(ScoreTest, EveryExampleHasItsRow) {
  ScoreOptions options;
  options.max_new_tokens = 3;
  int64_t last = 0;
  options.batch_size = 4;
  options.progress = [&](int64_t rows, int64_t) { last = rows; };
  model.lm->train();  // scoring is never done in training
  const ScoreSet set = scored(options);
  EXPECT_FALSE(model.lm->is_training());
  EXPECT_EQ(last, 6);
  ASSERT_EQ(set.rows.size(), 6u);
  EXPECT_EQ(set.summary.examples, 6);
  EXPECT_LE(set.summary.new_tokens, 18);
  EXPECT_GT(set.summary.prompt_tokens, set.summary.computed_tokens);
  int64_t parsed = 0;
  double right = 0;
  for (size_t i = 0; i < 6; ++i) {
    const PredictionRow& row = set.rows[i];
    EXPECT_EQ(row.index, int64_t(i));
    EXPECT_EQ(row.where, task.test[i].where);
    EXPECT_EQ(row.prompt, prompt_text(*model.text, task.test[i]));
    EXPECT_EQ(row.references, task.test[i].references);
    ASSERT_EQ(row.scores.size(), 3u);
    EXPECT_EQ(row.scores[0].first, "accuracy");
    parsed += row.parsed;
    right += row.scores[0].second.value;
  }
  EXPECT_EQ(set.summary.parsed, parsed);
  EXPECT_DOUBLE_EQ(set.summary.metrics[0].value, right / 6);
  EXPECT_EQ(set.summary.metrics[0].scored, 6);
}

TEST_F(ScoreTest, ExamplesWithoutAScoreAreCountedApart) {
  Registry registry;
  registry.add_metric("picky", [](const tuneval::Config&) { return std::make_shared<Picky>(); });
  task.metrics = {"picky"};
  const ScoreSet set = score(model, task, registry, {});
  const MetricValue& value = set.summary.metrics.at(0);
  EXPECT_EQ(value.scored, 4);
  EXPECT_EQ(value.unscored, 2);
  EXPECT_DOUBLE_EQ(value.value, 0.75);
  for (const PredictionRow& row : set.rows) {
    const SampleScore& one = row.scores.at(0).second;
    EXPECT_EQ(one.scored, row.references[0] != "w31");
    EXPECT_EQ(one.reason, one.scored ? "" : "it is w31");
  }
}

TEST_F(ScoreTest, APromptThatDoesNotFitIsNamed) {
  model.context = 6;
  EXPECT_EQ(test::message_of<DataError>([&] { scored(); }),
            task.test[2].where + ": the prompt has 6 tokens: " + model.folder.string() +
                " takes 6, the answer included");
}

}  // namespace
}  // namespace tuneval
