#include "framework/status/clean.h"

#include "framework/plan/plan_file.h"
#include "framework/record/cell_state.h"
#include "framework/record/lease.h"
#include "framework/record/store.h"
#include "tests/support/folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// A run folder whose plan has the cells "a" and "b.1".
class CleanTest : public testing::Test {
 protected:
  CleanTest() {
    PlanFile plan;
    plan.output = output();
    for (const char* id : {"a", "b.1"}) {
      PlanFileCell cell;
      cell.id = cell.title = id;
      plan.cells.push_back(cell);
    }
    write_plan_file(plan_file_path(output()), plan);
  }

  const fs::path& output() const { return folder_.path(); }
  void write(const std::string& file) const { test::write_text(output() / file, "12345"); }
  bool has(const std::string& file) const { return fs::exists(output() / file); }
  /// Paths in the run folder that would go.
  std::vector<std::string> found(const CleanOptions& options = {}) const {
    std::vector<std::string> paths;
    for (const Removable& one : find_removable(output(), options)) {
      paths.push_back(one.path.lexically_relative(output()).string());
    }
    return paths;
  }

  test::TempFolder folder_;
};

TEST_F(CleanTest, WhatThePlanNeedsStays) {
  for (const char* file :
       {"records/a.json", "records/b.1.json", "predictions/a.base.jsonl",
        "predictions/b.1.tuned.jsonl", "adapters/a/adapter_config.json", "checkpoints/a/step-5/x",
        "logs/a.log", "report.html", "summary.json", "teacher_cache/k.json", "notes.txt"}) {
    write(file);
  }
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(CleanTest, WhatItDoesNotNeedGoes) {
  for (const char* file :
       {"records/old.json", "predictions/old.base.jsonl", "adapters/old/adapter_config.json",
        "checkpoints/old/step-5/x", "logs/old.log", "records/a.json", "records/b.2.json",
        "predictions/ab.base.jsonl"}) {
    write(file);
  }
  EXPECT_THAT(found(),
              UnorderedElementsAre("records/old.json", "records/b.2.json",
                                   "predictions/old.base.jsonl", "predictions/ab.base.jsonl",
                                   "adapters/old", "checkpoints/old", "logs/old.log"));
  remove_all(find_removable(output()));
  EXPECT_FALSE(has("adapters/old"));
  EXPECT_TRUE(has("records/a.json"));
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(CleanTest, WhatWasBegunAndNeverFinishedGoes) {
  write("records/.a.json.12.0.tmp");
  write("checkpoints/a/.step-5.part/weights.safetensors");
  write("adapters/a/.adapter_model.safetensors.12.tmp");
  write(".report.html.12.3.tmp");
  write(".lease.json.after-00ff");  // a taker was killed
  EXPECT_THAT(found(),
              UnorderedElementsAre("records/.a.json.12.0.tmp", "checkpoints/a/.step-5.part",
                                   "adapters/a/.adapter_model.safetensors.12.tmp",
                                   ".report.html.12.3.tmp", ".lease.json.after-00ff"));
}

TEST_F(CleanTest, ADoneCellNeedsNoCheckpoint) {
  write("checkpoints/a/step-5/x");
  CellRecord record;
  record.id = "a";
  RecordStore(output()).write(record);
  const std::vector<Removable> removable = find_removable(output());
  ASSERT_EQ(removable.size(), 1U);
  EXPECT_EQ(removable[0].path, output() / "checkpoints/a");
  EXPECT_EQ(removable[0].bytes, 5);
  EXPECT_EQ(removable[0].why, "of a cell that is done");
}

TEST_F(CleanTest, StatesOfWhoIsAtWorkStay) {
  write_cell_state(output(), "a", {});
  write_cell_state(output(), "b.1", {});
  const Lease lease(cell_lease_path(output(), "a"));
  EXPECT_THAT(found(), UnorderedElementsAre("state/b.1.json"));
}

TEST_F(CleanTest, ARunAtWorkIsRefused) {
  require_idle(output());
  const Lease lease(cell_lease_path(output(), "a"));
  EXPECT_THROW(require_idle(output()), LeaseHeld);
}

TEST_F(CleanTest, WhatWasPaidForGoesOnlyWhenAskedFor) {
  write("teacher_cache/k.json");
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_THAT(found({.cache = true}), UnorderedElementsAre("teacher_cache"));
}

TEST_F(CleanTest, LinksAreNotFollowed) {
  const test::TempFolder elsewhere;
  test::write_text(elsewhere.path() / "precious/old.json", "x");
  fs::create_directory_symlink(elsewhere.path() / "precious", output() / "records");
  fs::create_directories(output() / "adapters");
  fs::create_directory_symlink(elsewhere.path() / "precious", output() / "adapters/old");
  EXPECT_THAT(found(), UnorderedElementsAre("adapters/old"));
  remove_all(find_removable(output()));
  EXPECT_FALSE(fs::is_symlink(output() / "adapters/old"));
  EXPECT_TRUE(fs::exists(elsewhere.path() / "precious/old.json"));
}

TEST_F(CleanTest, WithoutAPlanNothingIsKnown) {
  fs::remove(plan_file_path(output()));
  EXPECT_THAT(test::message_of<RecordError>([&] { find_removable(output()); }),
              HasSubstr("plan.json: is missing"));
}

}  // namespace
}  // namespace tuneval
