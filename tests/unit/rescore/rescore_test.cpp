#include "framework/rescore/rescore.h"

#include "run_folder.h"
#include "tests/support/toy_models.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using test::MadeCell;
using test::message_of;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

class RescoreTest : public testing::Test {
 protected:
  RescoreTest() {
    run.add_pack("p");
    run.add_cell(plugins, cell("one"));
  }
  static MadeCell cell(const std::string& id, const std::string& pack = "p") {
    return {id, "m", pack, {"a", " A", "no", "b"}, {"a", "b\n", "A", "b"}};
  }
  static std::vector<std::string> names(const ScoreSummary& score) {
    std::vector<std::string> names;
    for (const MetricValue& metric : score.metrics) names.push_back(metric.name);
    return names;
  }
  static std::vector<std::string> names(const PredictionRow& row) {
    std::vector<std::string> names;
    for (const auto& [name, score] : row.scores) names.push_back(name);
    return names;
  }
  /// The one refusal that a changed pack gives; nothing is written.
  std::string refusal(const Registry& registry, const RescoreOptions& options = {}) {
    const std::string before = run.bytes();
    const Rescored rescored = rescore(run.store, registry, options);
    EXPECT_THAT(rescored.cells, IsEmpty());
    EXPECT_EQ(run.bytes(), before);
    EXPECT_THAT(rescored.faults, SizeIs(1));
    return rescored.faults.empty() ? std::string() : rescored.faults[0];
  }

  Registry plugins = test::label_plugins();
  test::RunFolder run;
};

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

TEST_F(RescoreTest, AMetricWithoutAPluginIsKeptWhileAnswersAreReadAsBefore) {
  MadeCell made = cell("one");
  made.metrics = {"gone", "exact"};
  run.add_cell(plugins, made);
  EXPECT_THAT(refusal(test::label_plugins(true, false)),
              AllOf(HasSubstr("one: not scored again: its base answers"), HasSubstr("\"gone\"")));
  const Rescored rescored = rescore(run.store, test::label_plugins(false, false), {});
  EXPECT_THAT(rescored.faults, IsEmpty());
  EXPECT_THAT(names(*run.store.read("one").base), ElementsAre("gone", "exact"));
  EXPECT_THAT(names(run.predictions("one", Stage::base)[0]), ElementsAre("gone", "exact"));
}

TEST_F(RescoreTest, AChangedPackIsRefusedAndNamed) {
  const fs::path test = run.pack("p") / "test.jsonl", toml = run.pack("p") / "pack.toml";
  const std::string rows = test::read_text(test), head = test::read_text(toml);
  test::write_text(test, test::RunFolder::rows({"a", "b", "b", "b"}));
  EXPECT_THAT(refusal(plugins),
              AllOf(HasSubstr("one: not scored again: the pack " + run.pack("p").string()),
                    HasSubstr("test.jsonl:3: the right answer is \"b\", then it was \"a\"")));
  test::write_text(test, test::RunFolder::rows({"a", "b", "a"}));
  EXPECT_THAT(refusal(plugins), HasSubstr("there are 3 test examples, then there were 4"));
  test::write_text(test, "\n" + rows);
  EXPECT_THAT(refusal(plugins), HasSubstr("test.jsonl:2, then it stood at test.jsonl:1"));
  test::write_text(test, "{\n");
  EXPECT_THAT(refusal(plugins), HasSubstr("test.jsonl:1: "));
  test::write_text(test, rows);
  test::write_text(run.pack("p") / "train.jsonl", test::RunFolder::rows({"b", "a"}));
  EXPECT_THAT(refusal(plugins), HasSubstr("so it is pack.toml, the training rows"));
  test::write_text(run.pack("p") / "train.jsonl", test::RunFolder::rows({"a", "b"}));
  EXPECT_THAT(rescore(run.store, plugins, {}).faults, IsEmpty());  // as it was
  std::string other = head;
  test::write_text(toml, other.replace(other.find("\"label\""), 7, "\"other\""));
  EXPECT_THAT(refusal(plugins), HasSubstr("its task type is \"other\", then it was \"label\""));
}

TEST_F(RescoreTest, OtherCellsGoOn) {
  run.add_pack("q");
  run.add_cell(plugins, cell("two", "q"));
  run.add_cell(plugins, cell("three", "q"));
  fs::remove_all(run.pack("p"));
  const Rescored rescored = rescore(run.store, plugins, {});
  ASSERT_THAT(rescored.cells, SizeIs(2));
  EXPECT_EQ(rescored.cells[0].record.id, "three");
  EXPECT_THAT(rescored.faults,
              ElementsAre(AllOf(HasSubstr("one: not scored again"), HasSubstr("pack.toml"))));
  EXPECT_FALSE(run.store.read("one").rescored);
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

TEST_F(RescoreTest, AnUnknownMetricIsRefusedWithTheNamesThereAre) {
  RescoreOptions options;
  options.metrics = {"exakt"};
  EXPECT_THAT(message_of<PluginError>([&] { rescore(run.store, plugins, options); }),
              AllOf(HasSubstr("\"exakt\""), HasSubstr("exact, gone, parsed")));
  options.metrics = {};
  options.headline = "best";
  EXPECT_THAT(message_of<PluginError>([&] { rescore(run.store, plugins, options); }),
              HasSubstr("\"best\""));
  EXPECT_FALSE(run.store.read("one").rescored);
}

TEST_F(RescoreTest, CellsAreChosenByName) {
  run.add_pack("q");
  run.add_cell(plugins, cell("two", "q"));
  RescoreOptions options;
  options.task = "q";
  EXPECT_THAT(rescore(run.store, plugins, options).cells, SizeIs(1));
  EXPECT_FALSE(run.store.read("one").rescored);
  options.task = "r";
  EXPECT_THAT(message_of<RecordError>([&] { rescore(run.store, plugins, options); }),
              HasSubstr("no done cell has task \"r\": expected one of p, q"));
  options = {};
  options.model = "n";
  EXPECT_THAT(message_of<RecordError>([&] { rescore(run.store, plugins, options); }),
              HasSubstr("no done cell has model \"n\": expected one of m"));
}

TEST_F(RescoreTest, FailedCellsAreLeftAndUnreadableRecordsNamed) {
  CellRecord failed = run.store.read("one");
  failed.id = "failed";
  failed.status = "failed";
  failed.error = CellError{"TuneError", "the loss is nan"};
  run.store.write(failed);
  test::write_text(run.store.record_path("torn"), "{");
  const Rescored rescored = rescore(run.store, plugins, {});
  EXPECT_THAT(rescored.cells, SizeIs(1));
  EXPECT_THAT(rescored.faults, ElementsAre(HasSubstr("torn.json: not JSON")));
  fs::remove(run.store.record_path("torn"));
  fs::remove(run.store.record_path("one"));
  EXPECT_THAT(message_of<RecordError>([&] { rescore(run.store, plugins, {}); }),
              HasSubstr("no done cell"));
}

TEST_F(RescoreTest, PredictionsMustBeThoseOfTheTestRows) {
  const auto file = run.store.predictions_path("one", Stage::base);
  auto rows = run.predictions("one", Stage::base);
  rows[1].where = "/elsewhere/test.jsonl:7";
  write_predictions(file, rows);
  EXPECT_THAT(refusal(plugins),
              HasSubstr("one.base.jsonl:2: \"where\" is \"/elsewhere/test.jsonl:7\": expected "
                        "test.jsonl:2"));
  rows.pop_back();
  write_predictions(file, rows);
  EXPECT_THAT(refusal(plugins), HasSubstr("has 3 predictions: expected one for each of 4"));
  rows[0].index = 1;
  write_predictions(file, rows);
  EXPECT_THAT(refusal(plugins), HasSubstr("one.base.jsonl:1: \"index\" is 1: expected 0"));
  fs::remove(file);
  EXPECT_THAT(refusal(plugins), HasSubstr("one.base.jsonl: cannot be read"));
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
