#include "framework/report/compare_report.h"

#include "framework/report/render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuneval {
namespace {

using testing::HasSubstr;
using testing::Not;

RunComparison sample() {
  RunComparison comparison;
  comparison.first = "runs/a";
  comparison.second = "runs/b";
  ComparedCell& cell = comparison.cells.emplace_back();
  cell.model = "small";
  cell.task = "topics";
  cell.first_id = "1";
  cell.second_id = "2";
  cell.metric = "accuracy";
  cell.first = 0.75;
  cell.second = 0.5;
  cell.delta = -0.25;
  PairedResult& paired = cell.paired.emplace();
  paired.difference = -0.25;
  paired.interval = Interval{-0.4, -0.1};
  paired.test = "mcnemar";
  paired.p = 0.00001;
  paired.adjusted = 0.00002;
  paired.rows = 100;
  paired.told = Told::worse;
  cell.changes = Agreement{50, 22, {"test.jsonl:1", "test.jsonl:2"}, {"test.jsonl:9"}, 0};
  cell.fails = true;
  ComparedCell& other = comparison.cells.emplace_back(cell);
  other.task = "intents";
  other.paired.reset();
  other.changes.reset();
  other.note = "runs/b has no predictions of it";
  comparison.only_second = {"large on topics"};
  comparison.changes = {{"recipe.rank", "", "8", 2}};
  RankChange& rank = comparison.ranks.emplace_back();
  rank.ranking = "tuned";
  rank.model = "small";
  rank.first.position = 1;
  rank.second.position = 3;
  comparison.failures = {"small on topics: it fell"};
  return comparison;
}

TEST(CompareReport, ForATerminal) {
  const std::string text = terminal_text(compare_document(sample()), false);
  EXPECT_THAT(text, HasSubstr("runs/a → runs/b: of 2 cells 0 better, 1 worse, 0 within noise"));
  EXPECT_THAT(text, HasSubstr("recipe.rank: nothing → 8 (2 cells)"));
  EXPECT_THAT(text, HasSubstr("-0.250  -0.400 … -0.100  < 0.001     +1 −2   100  worse"));
  EXPECT_THAT(text, HasSubstr("cannot tell"));
  EXPECT_THAT(text, HasSubstr("small on intents: runs/b has no predictions of it"));
  EXPECT_THAT(text, HasSubstr("Only in runs/b\n  large on topics"));
  EXPECT_THAT(text, Not(HasSubstr("Only in runs/a")));
  EXPECT_THAT(text, HasSubstr("Fails\n  small on topics: it fell"));
}

TEST(CompareReport, ForAPullRequest) {
  const std::string text = markdown_text(compare_document(sample()), "Comparison");
  EXPECT_THAT(text, testing::StartsWith("# Comparison\n\nruns/a → runs/b"));
  EXPECT_THAT(text, HasSubstr("| small on topics | accuracy | 0.750 | 0.500 | -0.250 |"));
}

TEST(CompareReport, AsJson) {
  const auto json = compare_json(sample());
  EXPECT_EQ(json["cells"][0]["paired"]["told"], "worse");
  EXPECT_EQ(json["cells"][0]["paired"]["interval"], nlohmann::ordered_json::parse("[-0.4, -0.1]"));
  EXPECT_EQ(json["cells"][0]["changes"]["gained"],
            nlohmann::ordered_json::parse(R"(["test.jsonl:9"])"));
  EXPECT_EQ(json["cells"][1]["paired"], nullptr);
  EXPECT_EQ(json["cells"][0]["ids"], nlohmann::ordered_json::parse(R"(["1", "2"])"));
  EXPECT_EQ(json["ranks"][0]["second"]["position"], 3);
  EXPECT_EQ(json["fail_below"], nullptr);
  EXPECT_EQ(json["failures"].size(), 1U);
}

}  // namespace
}  // namespace tuneval
