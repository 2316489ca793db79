#include "rescore_fixture.h"
#include "tests/support/toy_models.h"

#include <gmock/gmock.h>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using test::MadeCell;
using test::RescoreTest;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

TEST_F(RescoreTest, WithoutAChangeOnlyTheMarkIsNew) {
  const CellRecord before = run.store.read("one");
  const auto file = run.store.predictions_path("one", Stage::base);
  const std::string predictions = test::read_text(file);
  const Rescored rescored = rescore(run.store, plugins, {});
  EXPECT_THAT(rescored.faults, IsEmpty());
  ASSERT_THAT(rescored.cells, SizeIs(1));
  CellRecord after = run.store.read("one");
  EXPECT_EQ(after, rescored.cells[0].record);
  ASSERT_TRUE(after.rescored);
  EXPECT_THAT(after.rescored->at, testing::MatchesRegex("20..-..-..T..:..:..Z"));
  EXPECT_THAT(after.rescored->metrics, ElementsAre("exact"));
  EXPECT_EQ(after.rescored->tuneval, TUNEVAL_VERSION);
  EXPECT_THAT(after.rescored->plugins,
              ElementsAre(Pair("label", "1.0.0"), Pair("metrics", "1.0.0")));
  after.rescored.reset();
  EXPECT_EQ(after, before);
  EXPECT_EQ(test::read_text(file), predictions);
}

TEST_F(RescoreTest, TwiceIsAsOnce) {
  RescoreOptions options;
  options.metrics = {"parsed"};
  const Registry later = test::label_plugins(true);
  rescore(run.store, later, options);
  const std::string once = run.bytes();
  const Rescored again = rescore(run.store, later, options);
  EXPECT_EQ(run.bytes(), once);
  EXPECT_EQ(again.cells.at(0).stages.at(0).otherwise, 0);
}

TEST_F(RescoreTest, AMetricIsAddedBehindTheOthers) {
  RescoreOptions options;
  options.metrics = {"parsed", "parsed"};
  rescore(run.store, plugins, options);
  const CellRecord record = run.store.read("one");
  EXPECT_THAT(names(*record.base), ElementsAre("exact", "parsed"));
  EXPECT_THAT(names(*record.tuned), ElementsAre("exact", "parsed"));
  EXPECT_DOUBLE_EQ(record.base->metrics[1].value, 0.5);
  EXPECT_EQ(record.base->metrics[1].scored, 4);
  EXPECT_DOUBLE_EQ(record.tuned->metrics[1].value, 0.75);
  EXPECT_EQ(record.tuned->seconds, 7.0);
  EXPECT_THAT(record.rescored->metrics, ElementsAre("parsed"));
  const auto rows = run.predictions("one", Stage::tuned);
  EXPECT_THAT(names(rows[2]), ElementsAre("exact", "parsed"));
  EXPECT_EQ(rows[2].scores[1].second.value, 0.0);
  EXPECT_EQ(rows[3].scores[0].second.reason, "to skip");
}

TEST_F(RescoreTest, WhatWasScoredAgainBeforeStaysMarked) {
  RescoreOptions options;
  options.metrics = {"parsed"};
  rescore(run.store, plugins, options);
  rescore(run.store, plugins, {});
  EXPECT_THAT(run.store.read("one").rescored->metrics, ElementsAre("parsed", "exact"));
  EXPECT_THAT(names(*run.store.read("one").tuned), ElementsAre("exact", "parsed"));
}

TEST_F(RescoreTest, AHeadlineComesFirst) {
  RescoreOptions options;
  options.headline = "parsed";
  rescore(run.store, plugins, options);
  const CellRecord record = run.store.read("one");
  EXPECT_THAT(names(*record.base), ElementsAre("parsed", "exact"));
  EXPECT_THAT(names(run.predictions("one", Stage::base)[0]), ElementsAre("parsed", "exact"));
  options.headline = "exact";
  rescore(run.store, plugins, options);
  EXPECT_THAT(names(*run.store.read("one").base), ElementsAre("exact", "parsed"));
}

TEST_F(RescoreTest, AnotherParserReadsTheSameCompletions) {
  const Rescored rescored = rescore(run.store, test::label_plugins(true), {});
  ASSERT_THAT(rescored.cells, SizeIs(1));
  const auto& stages = rescored.cells[0].stages;
  ASSERT_THAT(stages, SizeIs(2));
  EXPECT_EQ(stages[0].stage, Stage::base);
  EXPECT_EQ(stages[0].otherwise, 1);  // " A", where b was right
  EXPECT_EQ(stages[1].otherwise, 1);  // "A", which was right
  EXPECT_EQ(stages[1].before.parsed, 3);
  EXPECT_EQ(stages[1].now.parsed, 4);
  EXPECT_DOUBLE_EQ(stages[1].before.metrics[0].value, 2.0 / 3);
  EXPECT_DOUBLE_EQ(stages[1].now.metrics[0].value, 1.0);
  EXPECT_THAT(stages[1].now.metrics[0].details, ElementsAre(Pair("seen", 3.0)));
  EXPECT_EQ(stages[1].now.metrics[0].unscored, 1);
  const PredictionRow row = run.predictions("one", Stage::tuned)[2];
  EXPECT_EQ(row.completion, "A");
  EXPECT_EQ(row.prediction, "a");
  EXPECT_TRUE(row.parsed);
  EXPECT_EQ(row.scores[0].second.value, 1.0);
  EXPECT_EQ(run.store.read("one").rescored->plugins.at("label"), "2.0.0");
  EXPECT_EQ(run.store.read("one").versions, CellRecord().versions);  // of the run
}

/// Of what was written, not of what could be read.
struct EndsItsLine : Metric {
  SampleScore score(const Example&, const Prediction& prediction) const override {
    return SampleScore::of(prediction.completion.ends_with('\n') ? 1.0 : 0.0);
  }
};

TEST_F(RescoreTest, AMetricSeesTheCompletionItself) {
  plugins.add_metric("ends_its_line",
                     [](const Config&) { return std::make_shared<EndsItsLine>(); });
  RescoreOptions options;
  options.metrics = {"ends_its_line"};
  rescore(run.store, plugins, options);
  const CellRecord record = run.store.read("one");
  EXPECT_DOUBLE_EQ(record.base->metrics.at(1).value, 0.0);
  EXPECT_DOUBLE_EQ(record.tuned->metrics.at(1).value, 0.25);  // "b\n"
}

TEST_F(RescoreTest, HowAnswersCameAboutStaysInTheRecord) {
  CellRecord before = run.store.read("one");
  before.base->constrained = before.base->ranked = true;
  before.base->shots = 2;
  run.store.write(before);
  rescore(run.store, plugins, {});
  const CellRecord after = run.store.read("one");
  EXPECT_EQ(after.base, before.base);
  EXPECT_FALSE(after.tuned->constrained || after.tuned->ranked);
}

TEST_F(RescoreTest, AKeptMetricIsScoredAgainWhereAnswersAreReadOtherwise) {
  RescoreOptions options;
  options.metrics = {"parsed"};
  rescore(run.store, test::label_plugins(true), options);
  const CellRecord record = run.store.read("one");
  EXPECT_DOUBLE_EQ(record.tuned->metrics.at(0).value, 1.0);
  EXPECT_THAT(record.rescored->metrics, ElementsAre("parsed", "exact"));
}

/// The record is written before the predictions: what is cut off between them is found and mended.
TEST_F(RescoreTest, TheNextCallMendsWhatWasCutOff) {
  const Registry later = test::label_plugins(true);
  const auto file = run.store.predictions_path("one", Stage::tuned);
  const std::string old = test::read_text(file);
  rescore(run.store, later, {});
  const std::string whole = run.bytes();
  test::write_text(file, old);
  RescoreOptions options;
  options.metrics = {"exact"};
  EXPECT_EQ(rescore(run.store, later, options).cells.at(0).stages.at(1).otherwise, 1);
  EXPECT_EQ(run.bytes(), whole);
}

TEST_F(RescoreTest, APackMayHaveMoved) {
  fs::rename(run.pack("p"), run.pack("moved"));
  RescoreOptions options;
  options.pack = run.pack("moved");
  const std::string predictions = test::read_text(run.store.predictions_path("one", Stage::tuned));
  EXPECT_THAT(rescore(run.store, plugins, options).faults, IsEmpty());
  EXPECT_EQ(test::read_text(run.store.predictions_path("one", Stage::tuned)), predictions);
}

TEST_F(RescoreTest, LimitsAndOptionsAreThoseOfTheRun) {
  MadeCell made = cell("one");
  made.options = {{"labels", {"a", "b", "c"}}};
  made.test_limit = 2;
  made.base = {"c", "b"};
  made.tuned = {"a", "b"};
  run.add_cell(plugins, made);
  const Rescored rescored = rescore(run.store, plugins, {});
  EXPECT_THAT(rescored.faults, IsEmpty());
  ASSERT_THAT(rescored.cells, SizeIs(1));
  EXPECT_EQ(rescored.cells[0].stages[0].otherwise, 0);
  EXPECT_EQ(rescored.cells[0].stages[0].now.parsed, 2);
}

/// A row of two examples, cut by no limit, with a model's own way to write calls.
TEST_F(RescoreTest, CallsAreReadInTheWireFormOfTheModel) {
  test::write_text(run.pack("calls") / "pack.toml", R"(name = "calls"
task_type = "tool_calling"
description = "Help."
[options]
tools = [{ name = "look", parameters = { type = "object", properties = { thing = { type = "string" } } } }]
)");
  const std::string row = R"({"messages": [{"role": "user", "content": "Tea?"},
    {"role": "assistant", "tool_calls": [{"function": {"name": "look", "arguments": {"thing": "tea"}}}]},
    {"role": "tool", "content": "none"}, {"role": "user", "content": "Milk?"},
    {"role": "assistant", "tool_calls": [{"function": {"name": "look", "arguments": {"thing": "milk"}}}]}]})";
  std::string line = row;
  std::erase(line, '\n');
  test::write_text(run.pack("calls") / "train.jsonl", line + "\n");
  test::write_text(run.pack("calls") / "test.jsonl", line + "\n");
  fs::remove(run.store.record_path("one"));
  const std::string tagged = R"(<tool_call>
{"name": "look", "arguments": {"thing": "milk"}}
</tool_call>)";
  MadeCell made{"calls", "m", "calls", {}, {"look(tea)", tagged}, {"tool_call_equivalence"}};
  run.add_cell(test::all_plugins(), made);  // parses completions as they are: no calls seen
  EXPECT_EQ(run.store.read("calls").tuned->parsed, 0);
  const Rescored rescored = rescore(run.store, test::all_plugins(), {});
  EXPECT_THAT(rescored.faults, IsEmpty());
  const CellRecord record = run.store.read("calls");
  EXPECT_EQ(record.tuned->parsed, 1);
  EXPECT_FALSE(record.base);
  EXPECT_DOUBLE_EQ(record.tuned->metrics.at(0).value, 0.5);
  EXPECT_EQ(record.tuned->metrics.size(), 4u);
  EXPECT_TRUE(record.rescored->plugins.contains("qwen3"));
  made.model_type = "unheard_of";
  run.add_cell(test::all_plugins(), made);
  EXPECT_THAT(refusal(test::all_plugins()),
              HasSubstr("no plugin brings model type \"unheard_of\""));
}

}  // namespace
}  // namespace tuneval
