#include "framework/scheduler/place_cells.h"

#include "framework/scheduler/node_facts.h"
#include "tests/support/folder.h"

#include <gmock/gmock.h>

namespace tuneval {
namespace {

using testing::ElementsAre;

const std::vector<CellToPlace> kCells = {{"t-a", "teacher on a", "", 0},
                                         {"m-a", "m on a", "m", 5},
                                         {"n-a", "n on a", "n", 9},
                                         {"m-b", "m on b", "m", 7},
                                         {"t-b", "teacher on b", "", 0}};

TEST(PlaceCells, AModelsCellsStayTogetherAndAskForTheMostOfThem) {
  const auto tasks = place_cells(kCells, "model");
  ASSERT_EQ(tasks.size(), 3U);
  EXPECT_THAT(tasks[0].cells, ElementsAre("t-a", "t-b"));
  EXPECT_EQ(tasks[1].title, "m");
  EXPECT_THAT(tasks[1].cells, ElementsAre("m-a", "m-b"));
  EXPECT_EQ(tasks[1].memory_bytes, 7);
  EXPECT_THAT(tasks[2].cells, ElementsAre("n-a"));
}

TEST(PlaceCells, OrEachGoesByItself) {
  const auto tasks = place_cells(kCells, "cell");
  ASSERT_EQ(tasks.size(), 5U);
  EXPECT_EQ(tasks[3].title, "m on b");
  EXPECT_THAT(tasks[3].cells, ElementsAre("m-b"));
  EXPECT_EQ(tasks[3].memory_bytes, 7);
}

const NodeFacts kFacts = {"1.0.0", "tuneval_abi_a", {{"qwen3", "0.1.0"}, {"rouge", "0.2.0"}}};

TEST(NodeFacts, EqualOnesDifferNowhere) { EXPECT_EQ(difference_of_facts(kFacts, kFacts), ""); }

TEST(NodeFacts, WhatDiffersIsNamed) {
  NodeFacts found = kFacts;
  found.plugins = {{"qwen3", "0.2.0"}, {"llama", "0.1.0"}};
  EXPECT_EQ(difference_of_facts(found, kFacts),
            "plugin \"llama\" is one too many, plugin \"qwen3\" is 0.2.0 in place of 0.1.0, plugin "
            "\"rouge\" is missing");
  found = kFacts;
  found.abi_tag = "something else";
  EXPECT_NE(difference_of_facts(found, kFacts), "");
  found.tuneval = "1.1.0";
  EXPECT_EQ(difference_of_facts(found, kFacts), "tuneval is 1.1.0 in place of 1.0.0");
}

TEST(NodeFacts, AreReadAsTheyWereWritten) {
  const test::TempFolder folder;
  write_facts(expected_facts_path(folder.path()), kFacts);
  EXPECT_EQ(read_facts(expected_facts_path(folder.path())), kFacts);
}

}  // namespace
}  // namespace tuneval
