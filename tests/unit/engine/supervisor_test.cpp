// What a supervisor makes of workers that work, die or talk nonsense: the workers are scripts.
#include "supervised.h"

#include <gmock/gmock.h>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(SupervisorTest, RunsAWorkerAModelAndListens) {
  does("a",
       "began; say '{\"event\": \"progress\", \"id\": \"'$id'\", \"stage\": \"tune\", \"done\": 1, "
       "\"total\": 2, \"tokens\": 30, \"loss\": 0.5}'; ended");
  const Supervised result = go();
  expect_counts(result.counts, 2, 0, 0);
  EXPECT_EQ(result.signal, 0);
  EXPECT_FALSE(result.counts.stopped);
  EXPECT_THAT(notes.notes, ElementsAre("began a", "tune 1/2 a", "done a", "began b", "done b"));
  EXPECT_THAT(starts(), ElementsAre("a", "b"));
}

TEST_F(SupervisorTest, WhatIsDoneIsNotStarted) {
  store.write(record_of(cell("a")));
  expect_counts(go().counts, 1, 1, 0);
  EXPECT_THAT(notes.notes, ElementsAre("skipped a", "began b", "done b"));
  EXPECT_THAT(starts(), ElementsAre("b"));
}

TEST_F(SupervisorTest, ForeignLinesAreNotHeard) {
  does("a",
       "say 'a plugin says hello'; say '{\"event\": \"ended\", \"id\": \"nobody\"}'; began; "
       "say '{\"event\"'; ended");
  expect_counts(go().counts, 2, 0, 0);
}

TEST_F(SupervisorTest, ACellThatKillsItsWorkerFailsWithTheSignalAndTheLog) {
  does("a",
       "began; say '{\"event\": \"progress\", \"id\": \"'$id'\", \"stage\": \"base\", \"done\": 3, "
       "\"total\": 6, \"tokens\": 30, \"loss\": 0}'; echo 'all is lost' >&2; kill -SEGV $$");
  expect_counts(go().counts, 1, 0, 1);
  EXPECT_THAT(notes.notes, ElementsAre("began a", "base 3/6 a", "failed a", "began b", "done b"));
  EXPECT_THAT(failure("a"), AllOf(HasSubstr("killed by SIGSEGV"), HasSubstr("at base 3/6"),
                                  HasSubstr("all is lost"), HasSubstr(cell("a").id + ".log")));
  const CellRecord record = store.read(cell("a").id);
  EXPECT_GT(record.peak_memory_bytes, 0);
  EXPECT_EQ(record.model.path, run.model_folder("qwen3_tied").string());
  EXPECT_FALSE(record.started.empty());
}

TEST_F(SupervisorTest, TheRestOfAGroupGoesOnInANewWorker) {
  plan.cells[1].model = plan.cells[0].model;  // of one model now
  does("a", "began; kill -KILL $$");
  expect_counts(go().counts, 1, 0, 1);
  EXPECT_THAT(starts(), ElementsAre("a b", "b"));
  EXPECT_THAT(failure("a"), AllOf(HasSubstr("SIGKILL"), HasSubstr("out of memory")));
}

TEST_F(SupervisorTest, AWorkerThatDiesBeforeItBeginsFailsTheCellThatWasNext) {
  does("a", "exit 9");
  expect_counts(go().counts, 1, 0, 1);
  EXPECT_THAT(failure("a"), HasSubstr("ended with exit code 9"));
}

TEST_F(SupervisorTest, WhatNoCellSurvivesIsNotTriedWithEach) {
  plan.cells[1].model = plan.cells[0].model;
  does("a", "echo 'tuneval: no such plugin' >&2; exit 2");
  options.engine.retries = 3;
  expect_counts(go().counts, 0, 0, 2);
  EXPECT_THAT(starts(), ElementsAre("a b"));
  EXPECT_THAT(failure("b"), HasSubstr("no such plugin"));
}

TEST_F(SupervisorTest, AnAttemptIsFollowedByAsManyOthersAsAsked) {
  does("a", "began; [ $(tries) = 3 ] && ended || kill -SEGV $$");
  options.engine.retries = 2;
  expect_counts(go().counts, 2, 0, 0);
  EXPECT_THAT(notes.notes, Contains("retried a").Times(2));
  fs::remove_all(store.output() / "records");
  fs::create_directories(store.output() / "records");
  fs::remove(here / ("tries." + cell("a").id));
  options.engine.retries = 1;
  expect_counts(go().counts, 1, 0, 1);
}

TEST_F(SupervisorTest, ARecordThatWasWrittenBeforeTheEndCounts) {
  does("a", "began; cp $here/made/records/$id.json $out/records/; kill -KILL $$");
  expect_counts(go().counts, 2, 0, 0);
}

TEST_F(SupervisorTest, AnEndWithoutARecordIsAFailure) {
  does("a",
       "began; say '{\"event\": \"ended\", \"id\": \"'$id'\", \"why\": \"RecordError: the disk "
       "is full\"}'");
  expect_counts(go().counts, 1, 0, 1);
  EXPECT_THAT(store.read(cell("a").id).error->message, HasSubstr("the disk is full"));
}

TEST_F(SupervisorTest, ACellThatAnotherProcessRunsIsLeftToIt) {
  does("a", "say '{\"event\": \"held\", \"id\": \"'$id'\", \"why\": \"node7 has it\"}'");
  const Supervised result = go();
  expect_counts(result.counts, 1, 0, 0);
  EXPECT_EQ(result.counts.held, 1);
  EXPECT_THAT(notes.notes, Contains("held (node7 has it) a"));
  EXPECT_FALSE(store.find(cell("a").id));
}

}  // namespace
}  // namespace tuneval
