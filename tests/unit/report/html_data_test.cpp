#include "framework/report/report_data.h"

#include "framework/record/store.h"
#include "framework/report/report_statistics.h"

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

/// Models on tasks, tuned ranks as given: ranks[task][model].
Summary summary_of_ranks(const std::vector<std::vector<int64_t>>& ranks) {
  Summary summary;
  Ranking ranking{"tuned", {}};
  for (size_t model = 0; model < ranks[0].size(); ++model) {
    MeanInterval mean{0.0, std::nullopt, static_cast<int64_t>(ranks.size())};
    for (const auto& row : ranks) mean.mean += double(row[model]) / double(ranks.size());
    ranking.rows.push_back({static_cast<int64_t>(model) + 1, std::to_string(model), mean});
  }
  for (const auto& row : ranks) {
    TaskSummary task;
    for (const int64_t rank : row) task.cells.emplace_back().tuned_rank = rank;
    summary.tasks.push_back(task);
  }
  summary.rankings = {ranking};
  return summary;
}

TEST(RankingGroups, JoinsWhatNemenyiCannotTellApart) {
  // Three models on 20 tasks: CD = 2.344 · √(12 / 120) = 0.741.
  std::vector<std::vector<int64_t>> ranks(20, {1, 2, 3});
  for (size_t i = 0; i < 8; ++i) ranks[i] = {2, 1, 3};
  const Summary summary = summary_of_ranks(ranks);  // means 1.4, 1.6, 3
  const Json groups = ranking_groups(summary, summary.rankings[0]);
  EXPECT_NEAR(groups["critical_difference"].get<double>(), 0.741, 0.001);
  EXPECT_EQ(groups["tasks"], 20);
  EXPECT_EQ(groups["groups"], Json::parse("[[0,1]]"));
}

TEST(RankingGroups, NoneWhereAModelLacksATask) {
  Summary summary = summary_of_ranks(std::vector<std::vector<int64_t>>(4, {1, 2}));
  EXPECT_FALSE(ranking_groups(summary, summary.rankings[0]).is_null());
  summary.rankings[0].rows[1].rank.n = 3;
  EXPECT_TRUE(ranking_groups(summary, summary.rankings[0]).is_null());
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
