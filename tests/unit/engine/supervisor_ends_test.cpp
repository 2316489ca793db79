// Time-outs, signals, and how workers share a machine.
#include "framework/record/cell_state.h"
#include "supervised.h"

#include <gmock/gmock.h>

#include <csignal>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

// Where limits are short, the other cell is done before: on a slow machine they would strike it
// too.

TEST_F(SupervisorTest, OneWithoutASignOfLifeIsKilled) {
  store.write(record_of(cell("b")));
  does("a", "began; exec sleep 1000");
  options.engine.stall_timeout = 1.0;
  expect_counts(go().counts, 0, 1, 1);
  EXPECT_THAT(failure("a"), HasSubstr("no sign of life for 1 s"));
}

TEST_F(SupervisorTest, OneThatTakesTooLongIsEnded) {
  store.write(record_of(cell("b")));
  does("a",
       "began; (for i in {1..200}; do say '{\"event\": \"pulse\", \"id\": \"'$id'\"}'; "
       "sleep 0.05; done) & exec sleep 1000");
  options.engine.stall_timeout = 1000;
  options.engine.cell_timeout = 1.0;
  expect_counts(go().counts, 0, 1, 1);
  EXPECT_THAT(failure("a"), HasSubstr("longer than 1 s"));
}

TEST_F(SupervisorTest, WhoEndsItsCellWhenAskedLeavesTheNextOneBlameless) {
  plan.cells[1].model = plan.cells[0].model;  // of one worker
  does("a", "trap 'ended; exit 75' TERM; began; while :; do sleep 0.05; done");
  does("b", "ended");  // without a beginning no time runs
  options.engine.cell_timeout = 0.5;
  expect_counts(go().counts, 2, 0, 0);
  EXPECT_THAT(starts(), ElementsAre("a b", "b"));
}

TEST_F(SupervisorTest, WhoDoesNotEndWhenAskedIsKilled) {
  store.write(record_of(cell("b")));
  does("a", "trap '' TERM; began; while :; do sleep 0.05; done");
  options.engine.cell_timeout = 0.5;
  options.grace = std::chrono::milliseconds(200);
  expect_counts(go().counts, 0, 1, 1);
}

TEST_F(SupervisorTest, WorkersRunBesideEachOther) {
  // Each waits for the other.
  does("a", "began; touch $here/a; until [ -e $here/b ]; do sleep 0.02; done; ended");
  does("b", "began; touch $here/b; until [ -e $here/a ]; do sleep 0.02; done; ended");
  options.engine.jobs = 2;
  expect_counts(go().counts, 2, 0, 0);
}

TEST_F(SupervisorTest, OnlyAsManyAsThereIsMemoryFor) {
  for (Cell& one : plan.cells) one.estimate.peak_memory_bytes = 600;
  does("a", "began; sleep 0.3; [ -e $here/b ] && exit 9; ended");
  does("b", "touch $here/b; began; ended");
  options.engine.jobs = 2;
  options.machine.memory = 1000;
  expect_counts(go().counts, 2, 0, 0);
  EXPECT_THAT(notes.notes, ElementsAre("began a", "done a", "began b", "done b"));
}

TEST_F(SupervisorTest, EachGpuGetsAWorker) {
  plan.manifest.device = "cuda";
  options.machine.gpus = {"2", "5"};
  does("a", "began; touch $here/a; until [ -e $here/b ]; do sleep 0.02; done; ended");
  does("b", "began; touch $here/b; until [ -e $here/a ]; do sleep 0.02; done; ended");
  expect_counts(go().counts, 2, 0, 0);
  EXPECT_THAT(test::read_text(here / "gpus"), AllOf(HasSubstr("2\n"), HasSubstr("5\n")));
}

TEST_F(SupervisorTest, WhatAWorkerSpentTheNextOneKnows) {
  plan.manifest.judge = JudgeOptions{};
  for (PlannedTask& task : plan.tasks) task.data.judged = true;
  does("a",
       "began; say '{\"event\": \"servers\", \"servers\": [{\"who\": \"judge\", \"asked\": 3, "
       "\"cached\": 0, \"failed\": 0, \"retried\": 0, \"prompt_tokens\": 5, "
       "\"answer_tokens\": 6, \"cost\": 0.25}]}'; ended");
  options.engine.jobs = 2;
  const Supervised result = go();
  expect_counts(result.counts, 2, 0, 0);
  EXPECT_EQ(test::read_text(here / "spent"), "--judge-spent 0.25\n") << "one at a time";
  ASSERT_EQ(result.counts.servers.size(), 1U);
  EXPECT_EQ(result.counts.servers[0].usage.asked, 3);
}

TEST_F(SupervisorTest, ASignalLetsWorkersSaveAndEnds) {
  does("a",
       "trap 'say \"{\\\"event\\\": \\\"stopped\\\", \\\"id\\\": \\\"$id\\\"}\"; exit 75' "
       "TERM; began; while :; do sleep 0.02; done");
  notes.on_began = [] { ::raise(SIGINT); };
  const Supervised result = go();
  expect_counts(result.counts, 0, 0, 0);
  EXPECT_EQ(result.signal, SIGINT);
  EXPECT_TRUE(result.counts.stopped);
  EXPECT_THAT(notes.notes, ElementsAre("began a", "stopped a"));
  EXPECT_FALSE(store.find(cell("a").id)) << "it has not failed";
}

TEST_F(SupervisorTest, ASecondSignalEndsItAtOnce) {
  does("a", "trap '' TERM; began; while :; do sleep 0.02; done");
  options.grace = std::chrono::hours(1);
  notes.on_began = [] {
    ::raise(SIGTERM);
    ::raise(SIGINT);
  };
  const Supervised result = go();
  EXPECT_EQ(result.signal, SIGTERM);
  expect_counts(result.counts, 0, 0, 0);
}

TEST_F(SupervisorTest, WhatADeadWorkerLeftIsPutAway) {
  does("a",
       "began; mkdir -p $out/state; echo '{\"stage\": \"tune\", \"done\": 1, \"total\": 2, "
       "\"tokens\": 3, \"loss\": 0.5, \"started\": \"\", \"updated\": \"\", \"pid\": '$$', "
       "\"host\": \"h\", \"attempt\": 1}' > $out/state/$id.json; kill -KILL $$");
  expect_counts(go().counts, 1, 0, 1);
  EXPECT_FALSE(fs::exists(cell_state_path(store.output(), cell("a").id)));
}

TEST_F(SupervisorTest, AProgramThatIsNotThereIsAFailureOfEach) {
  options.program = "/nowhere/tuneval";
  expect_counts(go().counts, 0, 0, 2);
  EXPECT_THAT(failure("a"), HasSubstr("exit code 127"));
}

}  // namespace
}  // namespace tuneval
