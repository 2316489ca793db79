#include "framework/summary/costs.h"

#include "framework/summary/summary.h"
#include "tests/unit/summary/records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuneval {
namespace {

using testing::IsEmpty;

/// 2000 tokens tuned in 4 s, 100 examples scored in `score_seconds`.
CellRecord cost_record(const std::string& model, const std::string& task, int64_t parameters,
                       double tuned, double score_seconds) {
  CellRecord record = record_of(model, task, 0.1, tuned);
  record.model.parameters = parameters;
  record.tune = TuneSummary{};
  record.tune->tokens = 2000;
  record.tune->seconds = 4.0;
  record.tune->trained_parameters = 64;
  record.tune->adapter_bytes = 4096;
  record.tuned->prompt_tokens = 900;
  record.tuned->new_tokens = 100;
  record.tuned->seconds = score_seconds;
  record.seconds = 10.0;
  record.peak_memory_bytes = 1 << 20;
  record.energy_joules = 50.0;
  return record;
}

TEST(CostsTest, SpeedsAreThoseOfTheTunedModel) {
  const CostSummary costs = summarise(std::vector{cost_record("a", "t", 1000, 0.5, 2.0)}).costs;
  ASSERT_EQ(costs.cells.size(), 1u);
  const CellCost& cell = costs.cells[0];
  EXPECT_EQ(cell.tune_tokens_per_second, 500.0);
  EXPECT_EQ(cell.score_tokens_per_second, 500.0);
  EXPECT_EQ(cell.examples_per_second, 50.0);
  EXPECT_EQ(cell.adapter_bytes, 4096);
  EXPECT_EQ(cell.score, 0.5);
  EXPECT_TRUE(cell.on_size_front);
}

TEST(CostsTest, AModelsCostsAreOverAllItsCells) {
  CellRecord fast = cost_record("a", "t1", 1000, 0.5, 1.0);
  CellRecord other_seed = fast;
  other_seed.id = "other";
  other_seed.seed = 7;
  other_seed.base.reset();
  const Summary summary =
      summarise(std::vector{fast, other_seed, cost_record("a", "t2", 1000, 0.5, 2.0)});
  const ModelCost& cost = summary.costs.models.at(0);
  EXPECT_EQ(cost.seconds, 30.0) << "the other seed was paid too";
  EXPECT_EQ(cost.examples_per_second, 300.0 / 4.0);
  EXPECT_EQ(cost.energy_joules, 150.0);
  EXPECT_EQ(summary.costs.seconds, 30.0);
  EXPECT_EQ(summary.costs.energy_joules, 150.0);
}

TEST(CostsTest, EnergyIsKnownOfAllOrNotAtAll) {
  CellRecord silent = cost_record("a", "t2", 1000, 0.5, 2.0);
  silent.energy_joules.reset();
  const Summary summary = summarise(std::vector{cost_record("a", "t1", 1000, 0.5, 2.0), silent});
  EXPECT_FALSE(summary.costs.models.at(0).energy_joules);
  EXPECT_FALSE(summary.costs.energy_joules);
}

TEST(CostsTest, FrontsHoldWhatNothingBeats) {
  const Summary summary =
      summarise(std::vector{cost_record("big", "t", 3000, 0.9, 1.0),    // the best, and the fastest
                            cost_record("small", "t", 1000, 0.7, 2.0),  // the smallest
                            cost_record("poor", "t", 2000, 0.6, 2.0)});
  const auto on_size = [&](size_t model) { return summary.costs.models.at(model).on_size_front; };
  const auto on_speed = [&](size_t model) { return summary.costs.models.at(model).on_speed_front; };
  // By name: big, poor, small.
  EXPECT_TRUE(on_size(0));
  EXPECT_FALSE(on_size(1));
  EXPECT_TRUE(on_size(2));
  EXPECT_TRUE(on_speed(0));
  EXPECT_FALSE(on_speed(1));
  EXPECT_FALSE(on_speed(2)) << "big is better and faster";
}

TEST(CostsTest, AFrontOfALowerIsBetterMetricIsTurnedRound) {
  std::vector<CellRecord> records = {cost_record("a", "t", 1000, 5.0, 1.0),
                                     cost_record("b", "t", 1000, 2.0, 1.0)};
  for (CellRecord& record : records) {
    record.base->metrics[0].higher_is_better = record.tuned->metrics[0].higher_is_better = false;
  }
  const CostSummary costs = summarise(records).costs;
  EXPECT_FALSE(costs.cells.at(0).on_size_front);
  EXPECT_TRUE(costs.cells.at(1).on_size_front);
}

TEST(CostsTest, ATeachersTokensAreThoseThatItsServerCounted) {
  CellRecord teacher = record_of("teacher", "t", 0.9, std::nullopt);
  teacher.kind = CellKind::teacher;
  teacher.model.path = "gpt-oss-120b";
  teacher.base->prompt_tokens = 700;
  teacher.base->new_tokens = 50;
  teacher.seconds = 3.0;
  const CostSummary costs =
      summarise(std::vector{teacher, cost_record("a", "t", 1000, 0.5, 2.0)}).costs;
  ASSERT_EQ(costs.teachers.size(), 1u);
  EXPECT_EQ(costs.teachers[0].prompt_tokens, 700);
  EXPECT_EQ(costs.teachers[0].answer_tokens, 50);
  EXPECT_EQ(costs.teachers[0].examples, 100);
  EXPECT_EQ(costs.seconds, 13.0);
}

TEST(CostsTest, NothingCostsNothing) {
  const CostSummary costs = summarise({}).costs;
  EXPECT_THAT(costs.cells, IsEmpty());
  EXPECT_FALSE(costs.energy_joules);
}

}  // namespace
}  // namespace tuneval
