// What the reports say of a teacher, of baselines and of what tuning changed.
#include "framework/report/report.h"
#include "tests/support/folder.h"
#include "tests/unit/summary/records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace tuneval {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

CellRecord beside(CellKind kind, const std::string& name, double score) {
  CellRecord record = record_of(name, "intents", score, std::nullopt);
  record.kind = kind;
  record.id = fmt::format("{}-{}", name, to_string(kind));
  if (kind == CellKind::teacher) record.model.path = "gpt-oss-120b";
  if (kind == CellKind::seed_only) std::swap(record.base, record.tuned);
  return record;
}

/// Two students, of whom one has nothing to close, a teacher and all baselines.
Summary full_summary() {
  CellRecord strong = record_of("strong", "intents", 0.875, 0.9375);
  const std::vector<CellRecord> records = {
      record_of("small", "intents", 0.25, 0.75),   strong,
      beside(CellKind::teacher, "teacher", 0.875), beside(CellKind::majority, "majority", 0.125),
      beside(CellKind::nearest, "nearest", 0.5),   beside(CellKind::seed_only, "small", 0.375)};
  SummaryOptions options;
  options.predictions = [](const std::string& id,
                           Stage stage) -> std::optional<std::vector<PredictionRow>> {
    if (id == "small-intents" && stage == Stage::base) return rows({1, 1, 0, 0, 0});
    if (id == "small-intents") return rows({0, 1, 1, 1, 0});
    if (id == "teacher-teacher") return rows({1, 0, 0, 1, 0});
    return std::nullopt;
  };
  return summarise(records, options);
}

/// The words of the lines that hold `text`, a space between them.
std::vector<std::string> lines_with(const std::string& report, const std::string& text) {
  std::vector<std::string> found;
  std::istringstream stream(report);
  for (std::string line; std::getline(stream, line);) {
    if (line.find(text) == std::string::npos) continue;
    std::string folded;
    std::istringstream words(line);
    for (std::string word; words >> word;) folded += (folded.empty() ? "" : " ") + word;
    found.push_back(folded);
  }
  return found;
}

TEST(ComparisonReport, BaselinesStandBelowTheModelsWithoutARank) {
  const std::string report = terminal_report(full_summary(), false);
  EXPECT_THAT(lines_with(report, "small"),
              Contains("small 0.250 0.750 +0.500 0.375 2 2 1 100 done"));
  EXPECT_THAT(lines_with(report, "majority"), Contains("majority 0.125 – – – – – – 100 done"));
  EXPECT_THAT(lines_with(report, "teacher ("),
              Contains("teacher (gpt-oss-120b) 0.875 – – – – – – 100 done"));
  EXPECT_THAT(lines_with(report, "small (seed_only)"), testing::IsEmpty());
  EXPECT_THAT(report, HasSubstr("2 models, 1 task: 6 of 6 cells done"));
}

TEST(ComparisonReport, StudentsAreComparedWithTheTeacher) {
  const std::string report = terminal_report(full_summary(), false);
  EXPECT_THAT(lines_with(report, "intents"),
              AllOf(Contains("intents small 0.875 0.250 0.750 -0.125 0.800 no 1 2 1 1"),
                    Contains("intents strong 0.875 0.875 0.938 +0.062 no gap yes – – – –")));
  EXPECT_THAT(report, HasSubstr("Teacher: gpt-oss-120b. "));
  EXPECT_THAT(markdown_report(full_summary()), HasSubstr("## Students against the teacher"));
}

TEST(ComparisonReport, WhatTuningChangedIsCounted) {
  EXPECT_THAT(lines_with(terminal_report(full_summary(), false), "small"),
              Contains("intents small 1 2 1 1"));
}

TEST(ComparisonReport, WithoutThemNothingIsSaid) {
  const std::vector<CellRecord> records = {record_of("small", "intents", 0.25, 0.75)};
  const Summary summary = summarise(records);
  EXPECT_FALSE(has_comparison(summary));
  EXPECT_THAT(terminal_report(summary, false),
              AllOf(Not(HasSubstr("teacher")), Not(HasSubstr("example by example")),
                    Not(HasSubstr("seed only"))));
  const nlohmann::ordered_json json = json_report(summary);
  EXPECT_FALSE(json["tasks"][0].contains("baselines"));
  for (const char* key : {"seed_only", "teacher", "changes"}) {
    EXPECT_FALSE(json["tasks"][0]["cells"][0].contains(key)) << key;
  }
}

TEST(ComparisonReport, JsonNamesTheExamples) {
  const nlohmann::ordered_json json = json_report(full_summary());
  const auto& task = json["tasks"][0];
  ASSERT_EQ(task["baselines"].size(), 4u);
  EXPECT_EQ(task["baselines"][0]["kind"], "teacher");
  EXPECT_EQ(task["baselines"][0]["model"], "gpt-oss-120b");
  EXPECT_EQ(task["baselines"][1]["score"]["value"], 0.125);
  const auto& cell = task["cells"][0];
  EXPECT_EQ(cell["seed_only"]["value"], 0.375);
  EXPECT_EQ(cell["teacher"]["delta"], -0.125);
  EXPECT_EQ(cell["teacher"]["gap_closed"], 0.8);
  EXPECT_EQ(cell["teacher"]["as_good"], false);
  EXPECT_THAT(cell["teacher"]["agreement"]["student_only"].get<std::vector<std::string>>(),
              ElementsAre("test.jsonl:2", "test.jsonl:3"));
  EXPECT_EQ(cell["teacher"]["agreement"]["teacher_only"][0], "test.jsonl:1");
  EXPECT_THAT(cell["changes"]["gained"].get<std::vector<std::string>>(),
              ElementsAre("test.jsonl:3", "test.jsonl:4"));
  EXPECT_EQ(cell["changes"]["regressed"][0], "test.jsonl:1");
  EXPECT_TRUE(task["cells"][1]["teacher"]["gap_closed"].is_null());
  EXPECT_FALSE(task["cells"][1]["teacher"].contains("agreement"));
  EXPECT_EQ(json["cells"]["done"], 6);
}

TEST(ComparisonReport, CsvHasALineAModelAndTask) {
  EXPECT_EQ(
      comparison_csv(full_summary()),
      "task,model,metric,base,tuned,seed_only,majority,nearest,teacher,teacher_delta,gap_closed,"
      "as_good,both_right,student_only,teacher_only,both_wrong,left_out,kept,gained,regressed,"
      "still_wrong\n"
      "intents,small,accuracy,0.25,0.75,0.375,0.125,0.5,0.875,-0.125,0.8,no,1,2,1,1,0,1,2,1,1\n"
      "intents,strong,accuracy,0.875,0.9375,,0.125,0.5,0.875,0.0625,,yes,,,,,,,,,\n");
  const test::TempFolder folder;
  const std::vector<std::string> formats = {"csv"};
  EXPECT_THAT(write_report(full_summary(), folder.path(), formats),
              ElementsAre(folder.path() / "report.csv", folder.path() / "ranking.csv",
                          folder.path() / "comparison.csv"));
}

TEST(ComparisonReport, AFailedTeacherStandsAmongTheFailedCells) {
  CellRecord teacher = beside(CellKind::teacher, "teacher", 0.5);
  teacher.status = "failed";
  teacher.error = CellError{"TeacherError", "401: no key"};
  teacher.base.reset();
  const std::vector<CellRecord> records = {record_of("small", "intents", 0.25, 0.75), teacher};
  const std::string report = terminal_report(summarise(records), false);
  EXPECT_THAT(report, HasSubstr("teacher (gpt-oss-120b) on intents: TeacherError: 401: no key"));
  EXPECT_THAT(report, HasSubstr("1 of 2 cells done, 1 failed"));
  EXPECT_THAT(report, Not(HasSubstr("Students against the teacher")));
}

}  // namespace
}  // namespace tuneval
