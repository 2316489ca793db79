#include "framework/status/run_status.h"

#include "framework/record/atomic_file.h"
#include "framework/status/status_json.h"
#include "tests/support/folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

/// A run folder whose plan has four cells, "a" to "d", of ten seconds each.
class RunStatusTest : public testing::Test {
 protected:
  RunStatusTest() {
    plan_.manifest = "/nowhere/run.toml";
    plan_.output = output();
    for (const char* id : {"a", "b", "c", "d"}) {
      PlanFileCell cell;
      cell.id = id;
      cell.model = cell.title = "model-" + cell.id;
      cell.task = "task";
      cell.estimate.flops = 1;
      cell.estimate.seconds = 10;
      cell.estimate.peak_memory_bytes = 100;
      plan_.cells.push_back(cell);
    }
    write_plan_file(plan_file_path(output()), plan_);
  }

  const fs::path& output() const { return folder_.path(); }
  RecordStore store() const { return RecordStore(output()); }
  void write_done(const std::string& id, double seconds = 20) const {
    CellRecord record;
    record.id = id;
    record.model.name = "model-" + id;
    record.task.name = "task";
    record.device = "cpu";
    record.seconds = seconds;
    record.peak_memory_bytes = 90;
    record.base.emplace();
    record.base->metrics = {MetricValue{"accuracy"}};
    write_file_atomically(store().predictions_path(id, Stage::base), "line\n");
    store().write(record);
  }
  void write_failed(const std::string& id) const {
    CellRecord record;
    record.id = id;
    record.status = "failed";
    record.error = CellError{"WorkerError", "killed by SIGSEGV\nlast lines of its log"};
    store().write(record);
  }
  static RunningCell at(int64_t done) {
    RunningCell state;
    state.stage = "tune";
    state.done = done;
    state.total = 40;
    state.host = "here";
    state.pid = 17;
    state.started = state.updated = utc_now();
    return state;
  }
  CellStanding cell(const std::string& id, const StatusOptions& options = {}) const {
    const RunStatus status = read_status(output(), options);
    const auto found = std::ranges::find(status.cells, id, &CellStanding::id);
    return found == status.cells.end() ? CellStanding{} : *found;
  }

  test::TempFolder folder_;
  PlanFile plan_;
};

TEST_F(RunStatusTest, EveryCellStandsSomewhere) {
  write_done("a");
  write_failed("b");
  write_cell_state(output(), "c", at(12));
  const Lease lease(cell_lease_path(output(), "c"));
  const RunStatus status = read_status(output());
  ASSERT_THAT(status.cells, SizeIs(4));
  EXPECT_EQ(status.cells[0].standing, Standing::done);
  EXPECT_EQ(status.cells[0].title, "model-a");
  EXPECT_EQ(status.cells[0].seconds, 20);
  EXPECT_EQ(status.cells[1].standing, Standing::failed);
  EXPECT_EQ(status.cells[1].detail, "WorkerError: killed by SIGSEGV");
  EXPECT_EQ(status.cells[2].standing, Standing::running);
  EXPECT_THAT(status.cells[2].detail, StartsWith("tune 12/40 on here, process 17, "));
  EXPECT_EQ(status.cells[3].standing, Standing::left);
  EXPECT_EQ(status.count(Standing::left), 1);
  EXPECT_THAT(status.stale, IsEmpty());
  EXPECT_THAT(status.notes, IsEmpty());
}

TEST_F(RunStatusTest, ACellThatNobodyIsAtAnyMoreWasCutOff) {
  write_cell_state(output(), "c", at(12));
  EXPECT_EQ(cell("c").standing, Standing::left);
  EXPECT_EQ(cell("c").detail, "cut off at tune 12/40");
  StatusOptions ended;
  ended.ended["c"] = "ended: TIMEOUT on n1";
  EXPECT_EQ(cell("c", ended).detail, "cut off at tune 12/40; ended: TIMEOUT on n1");
}

TEST_F(RunStatusTest, WhatASchedulerHasIsLeftAndSaysSo) {
  write_failed("b");
  StatusOptions options;
  options.queued["b"] = "queued (Resources)";
  EXPECT_EQ(cell("b", options).standing, Standing::left);
  EXPECT_EQ(cell("b", options).detail, "queued (Resources)");
  write_done("a");
  options.queued["a"] = "queued (Resources)";
  EXPECT_EQ(cell("a", options).standing, Standing::done);
}

TEST_F(RunStatusTest, ARecordThatRunsAgainIsRunning) {
  write_failed("b");
  const Lease lease(cell_lease_path(output(), "b"));
  EXPECT_EQ(cell("b").standing, Standing::running);
}

TEST_F(RunStatusTest, TornRecordsAndPredictionsAreNamed) {
  write_done("a");
  write_done("b");
  write_done("c");
  fs::resize_file(store().record_path("a"), 100);
  test::write_text(store().predictions_path("b", Stage::base), "torn line\n");
  test::write_text(store().predictions_path("c", Stage::base), "LINE\n");
  EXPECT_EQ(cell("a").standing, Standing::damaged);
  EXPECT_THAT(cell("a").detail, HasSubstr("a.json: not JSON"));
  EXPECT_EQ(cell("b").standing, Standing::damaged);
  EXPECT_THAT(cell("b").detail, HasSubstr("b.base.jsonl: has 10 bytes: expected 5"));
  EXPECT_EQ(cell("c").standing, Standing::done);
  StatusOptions verify;
  verify.check = FileCheck::contents;
  EXPECT_EQ(cell("c", verify).standing, Standing::damaged);
}

TEST_F(RunStatusTest, PredictionsThatWereTakenAwayAreNoted) {
  write_done("a");
  fs::remove(store().predictions_path("a", Stage::base));
  EXPECT_EQ(cell("a").standing, Standing::done);
  EXPECT_THAT(read_status(output()).notes, ElementsAre(HasSubstr("a.base.jsonl: is missing")));
}

TEST_F(RunStatusTest, RecordsOfNoCellAreStale) {
  write_done("old");
  test::write_text(store().record_path("older"), "{");
  const RunStatus status = read_status(output());
  ASSERT_THAT(status.stale, SizeIs(1));
  EXPECT_EQ(status.stale[0].id, "old");
  EXPECT_EQ(status.stale[0].title, "model-old");
  EXPECT_THAT(status.notes, ElementsAre(HasSubstr("older.json: not JSON")));
  EXPECT_EQ(status.count(Standing::left), 4);
}

TEST_F(RunStatusTest, WhatIsLeftTakesWhatDoneCellsTookOfTheirEstimates) {
  EXPECT_DOUBLE_EQ(read_status(output()).seconds_left, 40);
  write_done("a", 20);  // twice the estimate
  const RunStatus status = read_status(output());
  EXPECT_DOUBLE_EQ(status.seconds_left, 60);
  ASSERT_THAT(status.checks, SizeIs(1));
  EXPECT_EQ(status.checks[0].estimated_bytes, 100);
  EXPECT_EQ(status.checks[0].actual_bytes, 90);
}

TEST_F(RunStatusTest, WithoutAPlanRecordsSpeak) {
  write_done("a");
  write_failed("b");
  fs::remove(plan_file_path(output()));
  const RunStatus status = read_status(output());
  EXPECT_FALSE(status.planned);
  EXPECT_THAT(status.cells, SizeIs(2));
  EXPECT_EQ(status.count(Standing::failed), 1);
  EXPECT_EQ(status.seconds_left, 0);
}

TEST_F(RunStatusTest, AFolderThatIsNoRunsIsRefused) {
  const test::TempFolder other;
  EXPECT_EQ(test::message_of<RecordError>([&] { read_status(other.path()); }),
            other.path().string() + ": is no run folder: expected plan.json or records/");
}

TEST_F(RunStatusTest, ProgramsGetTheSame) {
  write_done("a");
  write_cell_state(output(), "c", at(12));
  const auto json = status_json(read_status(output()));
  EXPECT_EQ(json["counts"]["done"], 1);
  EXPECT_EQ(json["counts"]["left"], 3);
  EXPECT_EQ(json["cells"][2]["standing"], "left");
  EXPECT_EQ(json["cells"][2]["at"]["done"], 12);
  EXPECT_EQ(json["cells"][0]["estimate"]["seconds"], 10);
  EXPECT_TRUE(json["holder"].is_null());
  const Lease lease(run_lease_path(output()));
  EXPECT_EQ(status_json(read_status(output()))["holder"]["host"], host_name());
}

}  // namespace
}  // namespace tuneval
