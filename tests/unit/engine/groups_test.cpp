#include "framework/engine/groups.h"

#include "framework/engine/machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuneval {
namespace {

using testing::ElementsAre;

/// A plan of names alone: models m0, m1 … over as many tasks, a task judged or not.
class GroupsTest : public testing::Test {
 protected:
  void plan_of(size_t models, const std::vector<bool>& judged) {
    plan.manifest.judge = JudgeOptions{};
    for (size_t t = 0; t < judged.size(); ++t) {
      plan.tasks.emplace_back();
      plan.tasks.back().data.judged = judged[t];
    }
    for (size_t m = 0; m < models; ++m) {
      for (size_t t = 0; t < judged.size(); ++t) add(CellKind::model, m, t);
    }
  }
  void add(CellKind kind, size_t model, size_t task) {
    Cell cell;
    cell.kind = kind;
    cell.model = model;
    cell.task = task;
    cell.id = std::string(kind == CellKind::model ? "m" : "b") + std::to_string(model) + "." +
              std::to_string(task);
    cell.estimate.peak_memory_bytes = int64_t(task + 1) * 100;
    plan.cells.push_back(cell);
  }
  std::vector<std::vector<std::string>> groups(int64_t jobs) {
    std::vector<const Cell*> cells;
    for (const Cell& cell : plan.cells) cells.push_back(&cell);
    made = make_groups(plan, cells, jobs);
    std::vector<std::vector<std::string>> ids;
    for (const CellGroup& group : made) {
      ids.emplace_back();
      for (const Cell* cell : group.cells) ids.back().push_back(cell->id);
    }
    return ids;
  }

  Plan plan;
  std::vector<CellGroup> made;
};

TEST_F(GroupsTest, CellsOfOneModelStandTogether) {
  plan_of(2, {false, false});
  EXPECT_THAT(groups(1), ElementsAre(ElementsAre("m0.0", "m0.1"), ElementsAre("m1.0", "m1.1")));
  EXPECT_EQ(made[0].memory(), 200);
  EXPECT_FALSE(made[0].server);
}

TEST_F(GroupsTest, WhatAsksAServerIsApart) {
  add(CellKind::majority, 0, 0);
  add(CellKind::teacher, 0, 0);
  add(CellKind::nearest, 0, 1);
  plan_of(1, {false, true});
  EXPECT_THAT(groups(1), ElementsAre(ElementsAre("b0.0"), ElementsAre("b0.0", "b0.1"),
                                     ElementsAre("m0.0", "m0.1")));
  EXPECT_FALSE(made[0].server);
  EXPECT_TRUE(made[1].server);
  EXPECT_TRUE(made[2].server) << "one of its tasks is judged";
}

TEST_F(GroupsTest, WithMoreWorkersThanModelsAModelIsCutInRuns) {
  plan_of(1, {false, false, false, false, false});
  EXPECT_THAT(groups(3), ElementsAre(ElementsAre("m0.0", "m0.1"), ElementsAre("m0.2"),
                                     ElementsAre("m0.3", "m0.4")));
  EXPECT_EQ(groups(9).size(), 5U);
}

TEST_F(GroupsTest, AGroupThatAsksAServerIsNotCut) {
  plan_of(1, {true, false, false});
  EXPECT_EQ(groups(4).size(), 1U);
}

TEST(Jobs, AreAsManyAsAskedOrAsTheDeviceHas) {
  EngineOptions options;
  Manifest manifest;
  Machine machine;
  EXPECT_EQ(jobs_of(options, manifest, machine), 1);
  machine.gpus = {"0", "3"};
  EXPECT_EQ(jobs_of(options, manifest, machine), 1);
  manifest.device = "cuda";
  EXPECT_EQ(jobs_of(options, manifest, machine), 2);
  manifest.device = "cuda:1";
  EXPECT_EQ(jobs_of(options, manifest, machine), 1);
  options.jobs = 7;
  EXPECT_EQ(jobs_of(options, manifest, machine), 7);
}

TEST(Gpus, TheOneWithTheFewestWorkersIsNext) {
  EXPECT_EQ(least_taken({"0", "1"}, {}), "0");
  EXPECT_EQ(least_taken({"0", "1"}, {"0"}), "1");
  EXPECT_EQ(least_taken({"0", "1"}, {"0", "1"}), "0");
}

TEST(Machine, IsLookedAt) {
  const Machine machine = this_machine();
  EXPECT_GE(machine.cores, 1);
  EXPECT_GT(machine.memory, 0);
  EXPECT_GE(out_of_memory_kills(), 0);
}

}  // namespace
}  // namespace tuneval
