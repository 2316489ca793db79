/// Models against each other, on one task and over several.
#include "framework/statistics/detectable.h"
#include "framework/statistics/over_tasks.h"
#include "framework/summary/verdict/model_pairs.h"
#include "tests/unit/summary/verdict_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace tuneval {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Values = VerdictRun::Values;

const ModelPair& pair(const std::vector<ModelPair>& pairs, const std::string& first,
                      const std::string& second) {
  const auto found = std::ranges::find_if(
      pairs, [&](const ModelPair& one) { return one.first == first && one.second == second; });
  EXPECT_NE(found, pairs.end()) << first << " and " << second;
  static const ModelPair kNone;
  return found == pairs.end() ? kNone : *found;
}

/// On 20 rows: a and b are nearly alike, c is far behind.
VerdictRun three_models() {
  VerdictRun run;
  run.add("b", "t", right_of(2, 20), right_of(19, 20));
  run.add("c", "t", right_of(2, 20), right_of(5, 20));
  run.add("a", "t", right_of(1, 20), right_of(20, 20));
  return run;
}

TEST(ModelPairs, AreTestedAndAdjustedWithinATask) {
  const Summary summary = three_models().summary();
  const TaskVerdict& task = *summary.verdict.task("t");
  const TaskPairs& tuned = *task.by(Ranked::tuned);
  ASSERT_THAT(tuned.pairs, SizeIs(3));
  EXPECT_DOUBLE_EQ(pair(tuned.pairs, "a", "b").result.p, 1.0);
  EXPECT_DOUBLE_EQ(pair(tuned.pairs, "a", "c").result.p, std::ldexp(1.0, -14));
  EXPECT_DOUBLE_EQ(pair(tuned.pairs, "a", "c").result.adjusted, 3 * std::ldexp(1.0, -14));
  EXPECT_EQ(pair(tuned.pairs, "b", "c").result.told, Told::better);
  EXPECT_THAT(tuned.groups, ElementsAre(ElementsAre("a", "b"), ElementsAre("c")));
  EXPECT_THAT(task.by(Ranked::base)->groups, ElementsAre(ElementsAre("b", "c", "a")));
  EXPECT_EQ(letters_of("b", tuned.groups), "a");
  EXPECT_EQ(letters_of("c", tuned.groups), "b");
  EXPECT_EQ(letters_of("nobody", tuned.groups), "");
}

TEST(ModelPairs, ADifferenceBelowTheNoiseFloorIsNoWin) {
  VerdictRun run = three_models();
  const Summary summary = run.summary();
  std::vector<std::string> notes;
  const PredictionSource source = [&](const std::string& id, Stage stage) {
    return std::optional(run.predictions.at({id, stage}));
  };
  TaskRows rows(source, "accuracy", notes);
  const TaskSets sets = row_sets(summary.tasks[0], summary.variants, rows, notes);
  const DrawnSet drawn(*sets.main(), run.options.verdict);
  const auto told = [&](double floor) {
    const auto pairs = model_pairs(summary.tasks[0], drawn, Ranked::tuned, floor, {});
    return pair(pairs->pairs, "a", "c").result.told;
  };
  EXPECT_EQ(told(0.7), Told::better);
  EXPECT_EQ(told(0.8), Told::noise);
  EXPECT_THAT(notes, IsEmpty());
}

TEST(ModelPairs, PowerSaysWhatTheRowsCanShow) {
  const Summary summary = three_models().summary();
  const TestPower power = summary.verdict.task("t")->power.value();
  EXPECT_EQ(power.best, "a");
  EXPECT_EQ(power.second, "b");
  EXPECT_EQ(power.rows, 20);
  EXPECT_NEAR(power.difference.value(), 0.05, 1e-12);
  EXPECT_EQ(power.rows_needed, rows_needed_paired(0.05, 0.05));
  EXPECT_EQ(power.unpaired.below, detectable_unpaired(1.0, 20).below);
  EXPECT_GT(power.paired.value(), 0.2);
}

TEST(ModelPairs, ManySignFlipsHaveALimit) {
  const PermutationOptions draws{20, 10'000, 1};
  Values units;
  for (int i = 0; i < 2000; ++i) units.push_back((i % 2 == 0 ? 1.0 : -1.0) * (1 + i % 7));
  EXPECT_NEAR(sign_flips_limit(units).value(), sign_flip_test(units, {}, draws).p, 0.02);
  for (double& unit : units) unit += 0.2;
  EXPECT_NEAR(sign_flips_limit(units).value(), sign_flip_test(units, {}, draws).p, 0.02);
  for (double& unit : units) unit += 0.8;
  EXPECT_LT(sign_flips_limit(units).value(), 1e-15) << "less than any number of draws could show";
  units.resize(999);
  EXPECT_FALSE(sign_flips_limit(units)) << "of few the draws tell";
  EXPECT_NEAR(normal_p(-1.959963984540054, 1.0), 0.05, 1e-12);
  EXPECT_EQ(normal_p(0.0, 0.0), 1.0);
}

TEST(ModelPairs, OnOtherTestExamplesAreNotCompared) {
  VerdictRun run = three_models();
  run.add("d", "t", right_of(1, 5), right_of(5, 5));
  const Summary summary = run.summary();
  EXPECT_THAT(summary.verdict.task("t")->by(Ranked::tuned)->pairs, SizeIs(3));
  EXPECT_THAT(summary.notes,
              Contains(HasSubstr("scored on other test examples than most, and stand in no test "
                                 "with them: d (base), d (tuned).")));
  EXPECT_TRUE(summary.verdict.cell("d", "t")->effect) << "its own rows tell of its tuning";
}

/// Three models on four tasks, of which `a` is the best by far.
VerdictRun four_tasks() {
  VerdictRun run;
  for (int task = 0; task < 4; ++task) {
    const std::string name = fmt::format("t{}", task);
    const auto shift = static_cast<size_t>(task);
    run.add("a", name, right_of(3 + shift, 40), right_of(36 + shift, 40));
    run.add("b", name, right_of(4 + shift, 40), right_of(14 - shift, 40));
    run.add("c", name, right_of(5 + shift, 40), right_of(13 + shift, 40));
  }
  return run;
}

TEST(OverTasks, RanksAndRowsAreTested) {
  const Summary summary = four_tasks().summary();
  const OverTasks* over = summary.verdict.over(Ranked::tuned);
  ASSERT_NE(over, nullptr);
  EXPECT_EQ(over->models.front(), "a");
  EXPECT_EQ(over->tasks.size(), 4u);
  EXPECT_DOUBLE_EQ(over->critical_difference, nemenyi_critical_difference(3, 4));
  EXPECT_THAT(over->wilcoxon, SizeIs(3));
  EXPECT_DOUBLE_EQ(over->least_wilcoxon, 3.0 / 8.0);
  ASSERT_THAT(over->row_pairs, SizeIs(3));
  EXPECT_EQ(pair(over->row_pairs, "a", "c").result.told, Told::better);
  EXPECT_NEAR(pair(over->row_pairs, "a", "c").result.difference, 23.0 / 40.0, 1e-12);
  EXPECT_THAT(over->row_groups.front(), ElementsAre("a"));
}

TEST(OverTasks, TheBenchmarksShapeCannotShowLess) {
  VerdictRun run;
  for (int model = 0; model < 15; ++model) {
    for (int task = 0; task < 9; ++task) {
      run.records.push_back(record_of(fmt::format("m{}", model), fmt::format("t{}", task),
                                      std::nullopt, 0.01 * model + 0.001 * task));
    }
  }
  const Summary summary = run.summary();
  const OverTasks* over = summary.verdict.over(Ranked::tuned);
  ASSERT_NE(over, nullptr);
  EXPECT_NEAR(over->critical_difference, 7.15, 0.005);
  EXPECT_THAT(over->wilcoxon_groups, SizeIs(1)) << "no pair of 105 can be told by 9 tasks";
  EXPECT_THAT(over->row_pairs, IsEmpty());
}

/// All that stands in a verdict about pairs, whatever the order of its lists.
std::vector<std::string> said(const Summary& summary) {
  std::vector<std::string> lines;
  const auto add = [&](const std::string& where, const PairedResult& one) {
    lines.push_back(fmt::format("{}: {} [{}, {}] {} {} {}", where, one.difference,
                                one.interval->low, one.interval->high, one.p, one.adjusted,
                                to_string(one.told)));
  };
  for (const CellVerdict& cell : summary.verdict.cells) {
    add(cell.model + cell.task, *cell.effect);
    lines.push_back(fmt::format("{} {} {}", cell.model, cell.task, cell.tuned->interval.low));
  }
  for (const TaskVerdict& task : summary.verdict.tasks) {
    for (const TaskPairs& pairs : task.pairs) {
      for (const ModelPair& one : pairs.pairs) {
        add(task.task + std::string(to_string(pairs.ranked)) + one.first + one.second, one.result);
      }
    }
  }
  for (const OverTasks& over : summary.verdict.over_tasks) {
    for (const ModelPair& one : over.row_pairs) add(one.first + one.second, one.result);
  }
  std::ranges::sort(lines);
  return lines;
}

TEST(OverTasks, NothingDependsOnTheOrderOfRecordsModelsAndTasks) {
  VerdictRun run = four_tasks();
  const std::vector<std::string> expected = said(run.summary());
  std::ranges::reverse(run.records);
  EXPECT_EQ(said(run.summary()), expected);
  for (const CellRecord& record : run.records) {
    run.options.planned.push_back({record.model.name, record.task.name, {}});
  }
  EXPECT_EQ(said(run.summary()), expected);
}

TEST(Rules, TiesAndMissingTasksAreAChoice) {
  VerdictRun run;
  run.add("a", "t0", {}, right_of(5, 10));
  run.add("b", "t0", {}, right_of(5, 10));
  run.add("c", "t0", {}, right_of(4, 10));
  run.add("a", "t1", {}, right_of(5, 10));
  run.add("b", "t1", {}, right_of(6, 10));
  const auto rank = [&](const std::string& model) {
    const Summary summary = run.summary();
    for (const ModelSummary& one : summary.models) {
      if (one.name == model) return one.tuned->mean;
    }
    return 0.0;
  };
  EXPECT_DOUBLE_EQ(rank("a"), 1.5);
  EXPECT_DOUBLE_EQ(rank("c"), 3.0);
  run.options.rules.ties = TieRule::average;
  EXPECT_DOUBLE_EQ(rank("a"), 1.75);
  run.options.rules.missing = MissingRule::common_tasks;
  EXPECT_DOUBLE_EQ(rank("b"), 1.5);
  EXPECT_THAT(run.summary().notes, Contains(HasSubstr("only tasks that all of them have count. "
                                                      "Without a score: c (t1).")));
  run.options.rules.missing = MissingRule::worst_rank;
  EXPECT_EQ(run.summary().models[2].tuned->n, 2);
}

TEST(Rules, IntervalsOfMeanRanksMayBeDrawn) {
  VerdictRun run = four_tasks();
  for (const IntervalMethod method :
       {IntervalMethod::bootstrap_tasks, IntervalMethod::bootstrap_examples,
        IntervalMethod::bootstrap_both}) {
    run.options.interval = method;
    for (const ModelSummary& model : run.summary().models) {
      ASSERT_TRUE(model.tuned->interval) << to_string(method);
      EXPECT_FALSE(model.tuned->half_width);
      EXPECT_LE(model.tuned->interval->low, model.tuned->mean);
      EXPECT_GE(model.tuned->interval->high, model.tuned->mean);
    }
  }
  const Summary summary = run.summary();
  EXPECT_EQ(summary.models[0].tuned->interval, (Interval{1.0, 1.0})) << "a is always the best";
}

}  // namespace
}  // namespace tuneval
