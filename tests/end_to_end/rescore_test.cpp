// A run that is scored again: by other metrics, without its model, not by another pack.
#include "framework/record/predictions.h"
#include "framework/record/store.h"
#include "tests/end_to_end/program.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace tuneval::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

class RescoreTest : public ProgramTest {
 protected:
  /// One tiny model on one small task whose answers are ranked, both in folders of the test's own.
  void SetUp() override {
    ProgramTest::SetUp();
    const fs::path source = TUNEVAL_SOURCE_DIR;
    out_ = folder_ / "out";
    model_ = folder_ / "model";
    pack_ = folder_ / "pack";
    fs::copy(source / "models/tiny-qwen3", model_, fs::copy_options::recursive);
    fs::copy(source / "packs/ticket_urgency", pack_, fs::copy_options::recursive);
    write_file(folder_ / "run.toml", R"(
[run]
output = "out"
[[models]]
name = "little"
path = "model"
[[tasks]]
name = "tickets"
pack = "pack"
train_limit = 16
test_limit = 12
[tasks.options]
ranked = true
[tuning]
epochs = 1
batch_size = 8
rank = 4
)");
    const Outcome outcome = run();
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  }
  Outcome run() const { return tuneval({"run", (folder_ / "run.toml").string()}); }
  Outcome rescore(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"rescore", out_.string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return tuneval(arguments);
  }
  CellRecord record() const {
    const auto records = RecordStore(out_).read_all().records;
    EXPECT_EQ(records.size(), 1U);
    return records.at(0);
  }
  std::vector<PredictionRow> predictions() const {
    return read_predictions(RecordStore(out_).predictions_path(record().id, Stage::tuned));
  }
  static std::vector<std::string> metrics_of(const ScoreSummary& score) {
    std::vector<std::string> names;
    for (const MetricValue& metric : score.metrics) names.push_back(metric.name);
    return names;
  }

  fs::path out_, model_, pack_;
};

TEST_F(RescoreTest, AnotherMetricNeedsNoModel) {
  const CellRecord before = record();
  const auto written = predictions();
  fs::remove_all(model_);
  const Outcome outcome = rescore({"--metric", "format_valid"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("format_valid"), HasSubstr("0 of 24"),
                                 HasSubstr("1 cells scored again")));
  const CellRecord after = record();
  EXPECT_EQ(after.id, before.id);
  ASSERT_TRUE(after.base && after.tuned && after.rescored);
  EXPECT_THAT(after.rescored->metrics, ElementsAre("format_valid"));
  for (const ScoreSummary* score : {&*after.base, &*after.tuned}) {
    EXPECT_THAT(metrics_of(*score), ElementsAre("accuracy", "macro_f1", "format_valid"));
    EXPECT_EQ(score->metrics[2].value, 1.0);  // what is ranked always has its form
    EXPECT_TRUE(score->ranked);
    EXPECT_EQ(score->new_tokens, 0);
  }
  EXPECT_EQ(after.tuned->metrics[0], before.tuned->metrics[0]);
  const auto rows = predictions();
  ASSERT_EQ(rows.size(), 12U);
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].completion, written[i].completion);
    EXPECT_EQ(rows[i].scores.size(), 3U);
  }
}

TEST_F(RescoreTest, AnotherHeadlineRanksTheModelsAndTheCellStaysDone) {
  const Outcome outcome = rescore({"--headline", "macro_f1", "--quiet"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(metrics_of(*record().tuned), ElementsAre("macro_f1", "accuracy"));
  const Outcome again = run();
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("done before"));
  EXPECT_TRUE(record().rescored);
  EXPECT_THAT(read_file(out_ / "report.csv"), HasSubstr(",macro_f1,"));
  EXPECT_THAT(read_file(out_ / "report.md"), HasSubstr("<summary>tickets: macro_f1</summary>"));
}

TEST_F(RescoreTest, APackThatHasChangedIsRefused) {
  const std::string before = read_file(RecordStore(out_).record_path(record().id));
  const std::string rows = read_file(pack_ / "test.jsonl");
  auto first = nlohmann::ordered_json::parse(rows.substr(0, rows.find('\n')));
  first["label"] = first["label"] == "low" ? "high" : "low";
  write_file(pack_ / "test.jsonl", first.dump() + rows.substr(rows.find('\n')));
  const Outcome refused = rescore();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, AllOf(HasSubstr(record().id + ": not scored again: "),
                                 HasSubstr("test.jsonl:1: the right answer is ")));
  EXPECT_EQ(read_file(RecordStore(out_).record_path(record().id)), before);
  write_file(pack_ / "test.jsonl", rows);
  fs::rename(pack_, folder_ / "moved");
  EXPECT_EQ(rescore().exit_code, 1);
  EXPECT_EQ(rescore({"--pack", (folder_ / "moved").string()}).exit_code, 2);  // of which task?
  const Outcome moved =
      rescore({"--task", "tickets", "--pack", (folder_ / "moved").string(), "--quiet"});
  EXPECT_EQ(moved.exit_code, 0) << moved.err;
  EXPECT_TRUE(record().rescored);
}

TEST_F(RescoreTest, WhatIsNotThereIsNamed) {
  const Outcome metric = rescore({"--metric", "acuracy"});
  EXPECT_EQ(metric.exit_code, 2);
  EXPECT_THAT(metric.err, AllOf(HasSubstr("\"acuracy\""), HasSubstr("accuracy, ")));
  const Outcome task = rescore({"--task", "ticket"});
  EXPECT_EQ(task.exit_code, 2);
  EXPECT_THAT(task.err, HasSubstr("no done cell has task \"ticket\": expected one of tickets"));
  EXPECT_EQ(tuneval({"rescore", (folder_ / "nothing").string()}).exit_code, 2);
  EXPECT_FALSE(record().rescored);
}

}  // namespace
}  // namespace tuneval::testing
