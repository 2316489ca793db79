#include "framework/report/report_data.h"

#include "framework/record/store.h"
#include "framework/report/report_statistics.h"
#include "tests/unit/summary/verdict_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tuneval {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::ordered_json;

std::vector<CellRecord> fixed_records() {
  return RecordStore(TUNEVAL_SOURCE_DIR "/tests/report").read_all().records;
}

TEST(ReportData, HoldsTheSummaryAndTheRecordsThatCount) {
  const std::vector<CellRecord> records = fixed_records();
  const Json data = report_data(summarise(records), records);
  EXPECT_EQ(data["schema_version"], 1);
  EXPECT_EQ(data["records"].size(), records.size());
  EXPECT_EQ(data["summary"]["models"].size(), 3u);
  const Json& record = data["records"]["q-topics"];
  EXPECT_EQ(record["tuned"]["metrics"][0]["value"], 0.75);
  EXPECT_EQ(record["tune"]["curve"][0]["loss"], 2.5);
  EXPECT_EQ(data["finished"], "2026-03-16T20:47:19Z");
}

TEST(ReportData, LeavesOutRecordsOfNoCell) {
  const std::vector<CellRecord> records = fixed_records();
  SummaryOptions options;
  options.planned = {{"tiny-qwen3", "topics", {}}};
  const Json data = report_data(summarise(records, options), records);
  ASSERT_EQ(data["records"].size(), 1u);
  EXPECT_TRUE(data["records"].contains("q-topics"));
}

TEST(ReportData, TellsNoPathsOfTheMachine) {
  const std::vector<CellRecord> records = fixed_records();
  const std::string text = json_for_html(report_data(summarise(records), records));
  EXPECT_THAT(text, Not(HasSubstr("models/qwen3")));
  EXPECT_THAT(text, Not(HasSubstr("packs/topics")));
  EXPECT_THAT(text, Not(HasSubstr("adapters/")));
}

TEST(ReportData, LongCurvesKeepTheirEnds) {
  std::vector<CellRecord> records = fixed_records();
  for (CellRecord& record : records) {
    if (!record.tune) continue;
    record.tune->curve.clear();
    for (int64_t step = 1; step <= 5000; ++step) record.tune->curve.push_back({step, 1.0, 0.1, 1});
  }
  const Json data = report_data(summarise(records), records);
  const Json& curve = data["records"]["q-topics"]["tune"]["curve"];
  EXPECT_EQ(curve.size(), 600u);
  EXPECT_EQ(curve.front()["step"], 1);
  EXPECT_EQ(curve.back()["step"], 5000);
}

TEST(JsonForHtml, EndsNoScriptAndBeginsNoComment) {
  const Json json = {{"a", "</script><!--<script>&amp;"}, {"</b>", "\xe2\x80\xa8\xe2\x80\xa9"}};
  const std::string text = json_for_html(json);
  for (const char* part : {"<", ">", "&", "\xe2\x80\xa8", "\xe2\x80\xa9"}) {
    EXPECT_THAT(text, Not(HasSubstr(part)));
  }
  EXPECT_THAT(text, HasSubstr("\\u003c/script\\u003e\\u003c!--"));
  EXPECT_EQ(Json::parse(text), json);
}

TEST(JsonForHtml, BrokenUtf8DoesNotBreakIt) {
  EXPECT_EQ(Json::parse(json_for_html({{"a", "x\xff"}}))["a"], "x\xef\xbf\xbd");
}

TEST(ReportData, SaysWhatTheTextReportsSay) {
  VerdictRun run;
  for (const char* task : {"intents", "topics"}) {
    run.add("gains", task, right_of(4, 20), right_of(19, 20));
    run.add("stays", task, right_of(4, 20), right_of(6, 20));
  }
  const Summary summary = run.summary();
  const Json data = report_data(summary, run.records);
  ASSERT_EQ(data["ranking_notes"]["tuned"].size(), 1u);
  EXPECT_THAT(data["ranking_notes"]["tuned"][0].get<std::string>(),
              HasSubstr("Nemenyi's critical difference is 1.39 ranks"));
  ASSERT_EQ(data["questions"].size(), summary.recommendations.size());
  EXPECT_EQ(data["questions"][0], "Most accurate after tuning");
  EXPECT_THAT(data["method"].dump(), HasSubstr("On each task the models that have it are ranked"));
}

TEST(ReportData, ARunWithoutPredictionsHasNoNotesOfTests) {
  const std::vector<CellRecord> records = {record_of("a", "t", 0.5, 0.6)};
  const Json data = report_data(summarise(records), records);
  EXPECT_EQ(data["ranking_notes"], Json::object());
  EXPECT_EQ(data["curves"], Json::object());
  EXPECT_FALSE(data["method"].empty());
}

/// With a learning curve of two epochs.
CellRecord with_curve(uint64_t seed, double loss) {
  CellRecord record = record_of("a", "t", seed == 1 ? std::optional(0.25) : std::nullopt, 0.5);
  record.id = "a-" + std::to_string(seed);
  record.seed = seed;
  record.tune = TuneSummary{};
  record.tune->learning_curve = {{1, 6, 2.0, 0.75, 0.5}, {2, 12, 1.0, loss, {}}};
  return record;
}

TEST(ReportData, HoldsTheCurvesOfOtherSeedsWithoutTheirRecords) {
  const std::vector<CellRecord> records = {with_curve(1, 0.5), with_curve(2, 0.375)};
  const Json data = report_data(summarise(records), records);
  EXPECT_EQ(data["records"].size(), 1u);
  ASSERT_EQ(data["curves"].size(), 1u);
  EXPECT_EQ(data["curves"]["a-2"][1]["validation_loss"], 0.375);
}

PredictionRow answered(int64_t index, const std::string& reference, const std::string& prediction) {
  PredictionRow row;
  row.index = index;
  row.references = {reference};
  row.prediction = prediction;
  row.parsed = !prediction.empty();
  row.scores = {{"accuracy", SampleScore::of(reference == prediction)}};
  return row;
}

TEST(CellStatistics, GivesIntervalAndConfusionOfAClosedSet) {
  CellRecord record;
  record.id = "a";
  record.tuned = ScoreSummary{{{"accuracy", 0.5, 4, 0, true, 0.0, 1.0}}};
  TaskPredictions predictions{"t", {{"a", "m", Stage::tuned, {}}}};
  predictions.stages[0].rows = {answered(0, "no", "no"), answered(1, "no", "yes"),
                                answered(2, "yes", ""), answered(3, "yes", "yes")};
  const Json json = cell_statistics(record, predictions);
  // Wilson's interval of 2 of 4.
  EXPECT_NEAR(json["tuned"]["interval"]["low"].get<double>(), 0.1500, 0.0001);
  EXPECT_NEAR(json["tuned"]["interval"]["high"].get<double>(), 0.8500, 0.0001);
  EXPECT_EQ(json["tuned"]["confusion"]["labels"], Json::parse(R"(["no","yes"])"));
  EXPECT_EQ(json["tuned"]["confusion"]["counts"], Json::parse("[[0,0,1],[0,1,1],[1,1,1],[1,2,1]]"));
  EXPECT_FALSE(json.contains("base"));
}

TEST(CellStatistics, NoIntervalWhereTheValueIsNoMeanOfRightAndWrong) {
  CellRecord record;
  record.id = "a";
  record.base = ScoreSummary{{{"macro_f1", 0.4, 2, 0, true, 0.0, 1.0}}};
  TaskPredictions predictions{"t", {{"a", "m", Stage::base, {}}}};
  predictions.stages[0].rows = {answered(0, "no", "no"), answered(1, "no", "yes")};
  for (PredictionRow& row : predictions.stages[0].rows) row.scores[0].first = "macro_f1";
  EXPECT_TRUE(cell_statistics(record, predictions)["base"]["interval"].is_null());
}

}  // namespace
}  // namespace tuneval
