#include "framework/record/cell_state.h"

#include "framework/record/record.h"
#include "tests/support/folder.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuneval {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

TEST(CellState, IsReadAsItWasWritten) {
  const test::TempFolder folder;
  RunningCell state;
  state.stage = "tune";
  state.done = 3;
  state.total = 12;
  state.tokens = 450;
  state.loss = 0.25;
  state.started = state.updated = utc_now();
  state.pid = 17;
  state.host = "node7";
  state.attempt = 2;
  write_cell_state(folder.path(), "m.t.12ab", state);
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "state/m.t.12ab.json"));
  const auto found = read_cell_state(folder.path(), "m.t.12ab");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->stage, "tune");
  EXPECT_EQ(found->done, 3);
  EXPECT_EQ(found->total, 12);
  EXPECT_EQ(found->tokens, 450);
  EXPECT_EQ(found->loss, 0.25);
  EXPECT_EQ(found->updated, state.updated);
  EXPECT_EQ(found->pid, 17);
  EXPECT_EQ(found->host, "node7");
  EXPECT_EQ(found->attempt, 2);
  remove_cell_state(folder.path(), "m.t.12ab");
  EXPECT_FALSE(read_cell_state(folder.path(), "m.t.12ab"));
}

TEST(CellState, WhatCannotBeReadIsNone) {
  const test::TempFolder folder;
  EXPECT_FALSE(read_cell_state(folder.path(), "a"));
  test::write_text(folder.path() / "state/a.json", "{\"stage\": \"tune\"");
  EXPECT_FALSE(read_cell_state(folder.path(), "a"));
  EXPECT_THROW(cell_state_path(folder.path(), "../a"), RecordError);
}

TEST(CellLog, ItsEndIsALastFewLines) {
  const test::TempFolder folder;
  EXPECT_THAT(last_log_lines(folder.path(), "a", 3), SizeIs(0));
  test::write_text(cell_log_path(folder.path(), "a"), "one\n\ntwo\n\x1b[31mthree\nfour");
  EXPECT_THAT(last_log_lines(folder.path(), "a", 3), ElementsAre("two", "[31mthree", "four"));
  test::write_text(cell_log_path(folder.path(), "a"), std::string(100000, 'x') + "\nlast\n");
  const auto lines = last_log_lines(folder.path(), "a", 3);
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_LT(lines[0].size(), 1000U);
  EXPECT_EQ(lines[1], "last");
}

}  // namespace
}  // namespace tuneval
