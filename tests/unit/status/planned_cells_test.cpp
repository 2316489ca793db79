#include "framework/status/planned_cells.h"

#include "tests/unit/summary/records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuneval {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

PlanFile plan_of(const std::vector<std::pair<std::string, std::string>>& cells) {
  PlanFile plan;
  for (const auto& [model, task] : cells) {
    PlanFileCell cell;
    cell.id = model + "-" + task;
    cell.model = model;
    cell.task = task;
    cell.seed = 3;
    plan.cells.push_back(cell);
  }
  return plan;
}

std::vector<std::string> names(const std::vector<PlannedCell>& cells) {
  std::vector<std::string> texts;
  for (const PlannedCell& cell : cells)
    texts.push_back(cell.model + " " + cell.task + " " + cell.id);
  return texts;
}

TEST(PlannedCells, WhatIsLeftIsThereAndInThePlansOrder) {
  const std::vector<CellRecord> records = {record_of("a", "t", 0.25, 0.5)};
  const auto cells = planned_cells(plan_of({{"b", "t"}, {"a", "t"}}), records);
  EXPECT_THAT(names(cells), ElementsAre("b t b-t", "a t a-t"));
  EXPECT_EQ(cells[0].seed, 3U);
  SummaryOptions options;
  options.planned = cells;
  const Summary summary = summarise(records, options);
  EXPECT_EQ(summary.cells_in(CellState::left).size(), 1U);
  EXPECT_THAT(summary.notes, IsEmpty());
}

TEST(PlannedCells, RecordsOfAnEarlierPlanCountAsWithoutOne) {
  std::vector<CellRecord> records = {record_of("a", "t", 0.25, 0.5), record_of("a", "u", 0.25, 0.5),
                                     record_of("a", "u", 0.25, 0.5)};
  records[0].id = "earlier";
  const auto cells = planned_cells(plan_of({{"a", "t"}, {"b", "t"}}), records);
  EXPECT_THAT(names(cells), ElementsAre("a t ", "b t b-t", "a u "));
  SummaryOptions options;
  options.planned = cells;
  const Summary summary = summarise(std::span(records).first(2), options);
  EXPECT_EQ(summary.cells_in(CellState::done).size(), 2U);
  EXPECT_THAT(summary.tasks[0].cells[0].id, "earlier");
}

}  // namespace
}  // namespace tuneval
