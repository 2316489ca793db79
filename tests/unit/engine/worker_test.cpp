#include "framework/engine/worker.h"

#include "framework/engine/cell_log.h"
#include "framework/engine/stop_signals.h"
#include "framework/record/cell_state.h"
#include "tests/support/toy_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <thread>
#include <utility>

namespace tuneval {
namespace {

using test::all_plugins;
using testing::AllOf;
using testing::HasSubstr;

/// A manifest on the disk, and its plan.
class WorkerTest : public testing::Test {
 protected:
  WorkerTest() {
    run.add_model("qwen3_tied");
    run.add_model("llama_smol");
    run.add_task("colours");
    run.add_task("shapes", 50);
    std::string text = "[run]\nbaselines = [\"majority\"]\n";
    // One model has a baseline's name, which then has another.
    for (const auto& [name, folder] :
         {std::pair("majority", "qwen3_tied"), std::pair("b", "llama_smol")}) {
      text += fmt::format("[[models]]\nname = \"{}\"\npath = \"{}\"\n", name,
                          run.model_folder(folder).string());
    }
    for (const char* task : {"colours", "shapes"}) {
      text += fmt::format("[[tasks]]\npack = \"{}\"\n", run.pack_folder(task).string());
    }
    text += "[tuning]\nepochs = 1\nbatch_size = 4\nrank = 4\n[scoring]\nmax_new_tokens = 4\n";
    test::write_text(toml, text);
    plan = make_plan(read_manifest(toml, {}), all_plugins());
    file = plan_file_of(plan, {}, {});
  }
  const Cell& cell(CellKind kind, const std::string& model, size_t task) const {
    return *std::ranges::find_if(plan.cells, [&](const Cell& one) {
      return one.kind == kind && one.name == model && one.task == task;
    });
  }

  test::ToyRun run;
  const std::filesystem::path toml = run.folder.path() / "run.toml";
  Plan plan;
  PlanFile file;
};

TEST_F(WorkerTest, ThePlanIsMadeAgainOfWhatIsNeededAlone) {
  const Cell& wanted = cell(CellKind::model, "b", 1);
  const Plan again = plan_again(file, {wanted.id}, all_plugins());
  EXPECT_EQ(again.models.size(), 1U);
  EXPECT_EQ(again.tasks.size(), 1U);
  EXPECT_NE(std::ranges::find(again.cells, wanted.id, &Cell::id), again.cells.end());
}

TEST_F(WorkerTest, ABaselinesNameDependsOnTheModelsAndComesOutAllTheSame) {
  const Cell& wanted = cell(CellKind::majority, "majority-2", 0);
  const Plan again = plan_again(file, {wanted.id}, all_plugins());
  EXPECT_NE(std::ranges::find(again.cells, wanted.id, &Cell::id), again.cells.end());
}

TEST_F(WorkerTest, WhatDoesNotComeOutAnyMoreIsRefused) {
  EXPECT_THAT(test::message_of<PlanChanged>([&] { plan_again(file, {"nobody"}, all_plugins()); }),
              HasSubstr("has no cell nobody"));
  const std::string id = cell(CellKind::model, "b", 1).id;
  test::write_text(run.pack_folder("shapes") / "test.jsonl", test::pack_rows(5, 200));
  EXPECT_THAT(test::message_of<PlanChanged>([&] { plan_again(file, {id}, all_plugins()); }),
              AllOf(HasSubstr("changed since the plan was made"), HasSubstr(id)));
}

TEST_F(WorkerTest, RunsItsCellsAndLeavesALog) {
  const std::string id = cell(CellKind::model, "b", 0).id;
  WorkerOptions options;
  options.ids = {id};
  options.threads = 1;
  EXPECT_EQ(run_worker(file, all_plugins(), options), 0);
  const RecordStore store(plan.manifest.output);
  EXPECT_TRUE(store.read(id).done());
  EXPECT_THAT(test::read_text(cell_log_path(store.output(), id)), HasSubstr("--- attempt 1: "));
  EXPECT_FALSE(read_cell_state(store.output(), id));
  EXPECT_EQ(run_worker(file, all_plugins(), options), 0) << "done before";
}

TEST(CellLog, TakesWhatIsWrittenAndCountsAttempts) {
  const test::TempFolder folder;
  const auto file = folder.path() / "logs/a.log";
  for (int attempt = 1; attempt <= 2; ++attempt) {
    const CellLog log(file);
    EXPECT_EQ(log.attempt(), attempt);
    fmt::print("to one output\n");
    fmt::print(stderr, "to the other\n");
  }
  EXPECT_THAT(test::read_text(file),
              AllOf(HasSubstr("--- attempt 1: "), HasSubstr("--- attempt 2: "),
                    HasSubstr("to one output\n"), HasSubstr("to the other\n")));
}

TEST(StopSignals, AreAWishUntilASecondOne) {
  {
    const StopSignals signals({});
    EXPECT_FALSE(signals.stop());
    EXPECT_EQ(signals.signal(), 0);
    std::raise(SIGTERM);
    EXPECT_TRUE(signals.stop());
    EXPECT_EQ(signals.signal(), SIGTERM);
  }
  const StopSignals anew({.deadline = {}, .second_ends = false});
  EXPECT_FALSE(anew.stop());
  std::raise(SIGUSR1);
  std::raise(SIGINT);
  EXPECT_EQ(anew.signal(), SIGUSR1);
}

TEST(StopSignals, AHangupIsOneUnlessItWasIgnored) {
  std::signal(SIGHUP, SIG_DFL);
  {
    const StopSignals signals({});
    std::raise(SIGHUP);
    EXPECT_EQ(signals.signal(), SIGHUP);
  }
  std::signal(SIGHUP, SIG_IGN);  // as under nohup
  {
    const StopSignals signals({});
    std::raise(SIGHUP);
    EXPECT_FALSE(signals.stop());
  }
  EXPECT_EQ(std::signal(SIGHUP, SIG_DFL), SIG_IGN) << "it stays so";
}

TEST(StopSignalsDeathTest, ASecondOneOrTheDeadlineEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        const StopSignals signals({});
        std::raise(SIGINT);
        std::raise(SIGINT);
      },
      testing::ExitedWithCode(128 + SIGINT), "");
  EXPECT_EXIT(
      {
        const StopSignals signals({.deadline = std::chrono::milliseconds(50)});
        std::raise(SIGTERM);
        std::this_thread::sleep_for(std::chrono::seconds(60));
      },
      testing::ExitedWithCode(kExitStopped), "");
}

}  // namespace
}  // namespace tuneval
