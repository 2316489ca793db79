// Submitting, asking and cancelling, with programs that only say how they were called.
#include "framework/scheduler/slurm.h"

#include "fake_slurm.h"

#include "framework/record/atomic_file.h"

#include <gmock/gmock.h>

namespace tuneval {
namespace {

using test::message_of;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class SlurmTest : public test::FakeSlurm {
 protected:
  std::string refusal(const Submission& wanted, const SlurmOptions& options = {}) const {
    const std::string message =
        message_of<SchedulerError>([&] { SlurmScheduler(options).submit(wanted); });
    EXPECT_FALSE(std::filesystem::exists(slurm_jobs_path(run()))) << "something was queued";
    if (std::filesystem::exists(bin() / "calls")) {
      EXPECT_THAT(calls(), Not(HasSubstr("array.sh")));
    }
    return message;
  }
};

TEST_F(SlurmTest, QueuesAnArrayAndAReportBehindIt) {
  const Submitted submitted = SlurmScheduler().submit(submission());
  EXPECT_EQ(submitted.job, "17");
  EXPECT_EQ(submitted.report_job, "18");
  EXPECT_THAT(submitted.notes, IsEmpty());
  EXPECT_THAT(calls(), AllOf(HasSubstr("array.sh\n"), HasSubstr("--dependency=afterany:17 ")));
  const auto jobs = read_slurm_jobs(run());
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs[0].id, "17");
  EXPECT_EQ(jobs[0].report, "18");
  EXPECT_THAT(jobs[0].tasks,
              ElementsAre(ElementsAre("m0-a-1", "m0-b-2"), ElementsAre("m1-a-1", "m1-b-2")));
  EXPECT_TRUE(std::filesystem::is_directory(run() / "logs")) << "Slurm makes no folders";
  EXPECT_EQ(read_facts(expected_facts_path(run())), submission().expected);
}

TEST_F(SlurmTest, AReportWaitsForEarlierTasksToo) {
  SlurmScheduler slurm;
  slurm.submit(submission());
  answer("squeue", "17|0|RUNNING|None|n1\n17|1|COMPLETED|None|n2\n");
  EXPECT_EQ(slurm.submit(submission(1)).job, "19");
  EXPECT_THAT(calls(), HasSubstr("--dependency=afterany:17:19 "));
  EXPECT_EQ(read_slurm_jobs(run()).size(), 2U);
}

TEST_F(SlurmTest, ARunIsQueuedThoughItsReportIsNot) {
  write_program("sbatch", "#!/bin/bash\n[[ ${!#} != */report.sh ]] || exit 1\necho 5\n");
  const Submitted submitted = SlurmScheduler().submit(submission());
  EXPECT_EQ(submitted.job, "5");
  EXPECT_EQ(submitted.report_job, "");
  EXPECT_THAT(submitted.notes, ElementsAre(HasSubstr("tuneval report")));
  EXPECT_EQ(read_slurm_jobs(run()).at(0).id, "5");
}

TEST_F(SlurmTest, WithoutSlurmNothingIsQueued) {
  ::setenv("PATH", "/nowhere", 1);
  EXPECT_THAT(refusal(submission()), HasSubstr("sbatch: there is no such program on the PATH"));
}

TEST_F(SlurmTest, AControllerThatDoesNotAnswerIsNamed) {
  answer("scontrol", "Slurmctld(primary) at here is DOWN\n");
  EXPECT_THAT(refusal(submission()), HasSubstr("here is DOWN"));
  fail("scontrol", "scontrol: error: no configuration");
  EXPECT_THAT(refusal(submission()), HasSubstr("no configuration"));
}

TEST_F(SlurmTest, APartitionHasToBeThereAndUp) {
  EXPECT_EQ(refusal(submission(), {.partition = "gpu"}),
            "engine.slurm.partition is \"gpu\": expected one of main, long, drained");
  EXPECT_THAT(refusal(submission(), {.partition = "main,gpu"}), HasSubstr("is \"gpu\""));
  EXPECT_EQ(refusal(submission(), {.partition = "drained"}), "partition \"drained\" is not up");
  answer("sinfo", "main|up|1:00:00\n");
  EXPECT_THAT(refusal(submission()), HasSubstr("no default partition"));
}

TEST_F(SlurmTest, ATimeLimitLiesWithinThePartitions) {
  EXPECT_THAT(refusal(submission(), {.time = "2:00:00"}), HasSubstr("allows 60 minutes at most"));
  EXPECT_EQ(SlurmScheduler({.partition = "long", .time = "9-0"}).submit(submission()).job, "17");
}

TEST_F(SlurmTest, AnArrayHasABound) {
  EXPECT_THAT(refusal(submission(1002)), AllOf(HasSubstr("1002 tasks"), HasSubstr("1001 at most")));
  EXPECT_EQ(SlurmScheduler().submit(submission(1001)).job, "17");
}

TEST_F(SlurmTest, ARefusalOfSbatchIsShown) {
  fail("sbatch", "sbatch: error: Invalid account");
  EXPECT_THAT(message_of<SchedulerError>([&] { SlurmScheduler().submit(submission()); }),
              HasSubstr("Invalid account"));
  EXPECT_FALSE(std::filesystem::exists(slurm_jobs_path(run())));
}

class SlurmProbeTest : public SlurmTest {
 protected:
  Submission probed() const {
    Submission wanted = submission();
    wanted.probe_seconds = 5;
    return wanted;
  }
  void node_does(const std::string& commands) const {
    test::write_text(bin() / "probe.run", commands);
  }
};

TEST_F(SlurmProbeTest, ANodeThatHasAllIsGood) {
  node_does("cp node.json probe-$SLURM_JOB_ID.json; : >probe-$SLURM_JOB_ID.out");
  EXPECT_EQ(SlurmScheduler().submit(probed()).job, "18") << "17 was the probe";
  EXPECT_FALSE(std::filesystem::exists(run() / "slurm" / "probe-17.json"));
}

TEST_F(SlurmProbeTest, ANodeWithAnotherInstallationIsRefused) {
  node_does("sed s/0.1.0/0.2.0/ node.json >probe-$SLURM_JOB_ID.json; : >probe-$SLURM_JOB_ID.out");
  EXPECT_THAT(refusal(probed()), HasSubstr("plugin \"qwen3\" is 0.2.0 in place of 0.1.0"));
}

TEST_F(SlurmProbeTest, WhatANodeSaysIsShown) {
  node_does("echo 'tuneval: command not found' >probe-$SLURM_JOB_ID.out");
  EXPECT_THAT(refusal(probed()), HasSubstr("job 17 said: tuneval: command not found"));
}

TEST_F(SlurmProbeTest, WhenNoNodeIsFreeTheRunIsQueuedAllTheSame) {
  Submission wanted = probed();
  wanted.probe_seconds = 1;
  answer("squeue", "17|N/A|PENDING|Resources|\n");
  const Submitted submitted = SlurmScheduler().submit(wanted);
  EXPECT_EQ(submitted.job, "18");
  EXPECT_THAT(submitted.notes, ElementsAre(HasSubstr("no node was free within 1 s")));
  EXPECT_THAT(calls(), HasSubstr("scancel 17\n"));
}

class SlurmStatusTest : public SlurmTest {
 protected:
  std::string text(const std::string& cell) {
    const QueueStates states = SlurmScheduler().status(run());
    const auto found = states.find(cell);
    return found == states.end() ? "" : found->second.text;
  }
};

TEST_F(SlurmStatusTest, NothingIsAskedOfARunThatWasNeverSubmitted) {
  EXPECT_TRUE(SlurmScheduler().status(run()).empty());
  EXPECT_FALSE(std::filesystem::exists(bin() / "calls"));
}

TEST_F(SlurmStatusTest, TheQueueSaysWhereCellsAre) {
  SlurmScheduler().submit(submission());
  answer("squeue", "17|0|RUNNING|None|n1\n17|1|PENDING|Resources|\n");
  EXPECT_EQ(text("m0-b-2"), "running on n1");
  EXPECT_EQ(text("m1-a-1"), "queued (Resources)");
  EXPECT_EQ(text("other"), "");
  answer("squeue", "17|0|TIMEOUT|TimeLimit|n1\n17|1|COMPLETED|None|n2\n");
  EXPECT_EQ(text("m0-a-1"), "ended: TIMEOUT on n1");
  EXPECT_EQ(text("m1-a-1"), "ended on n2");
}

TEST_F(SlurmStatusTest, WhatHasLeftTheQueueIsInTheAccountsOrUnknown) {
  SlurmScheduler().submit(submission());
  fail("squeue", "slurm_load_jobs error: Invalid job id specified");
  EXPECT_EQ(text("m0-a-1"), "ended: Slurm no longer knows how");
  answer("sacct", "17_0|NODE_FAIL|n1\n17_1|COMPLETED|n2\n");
  EXPECT_EQ(text("m0-a-1"), "ended: NODE_FAIL on n1");
  std::filesystem::remove(bin() / "sacct");
  EXPECT_EQ(text("m0-a-1"), "ended: Slurm no longer knows how");
}

TEST_F(SlurmStatusTest, TheLastSubmissionOfACellCounts) {
  SlurmScheduler().submit(submission());
  SlurmScheduler().submit(submission(1));
  answer("squeue", "17|0|NODE_FAIL|None|n1\n17|1|COMPLETED|None|n1\n19|0|PENDING|Priority|\n");
  EXPECT_EQ(text("m0-a-1"), "queued (Priority)");
  EXPECT_EQ(text("m1-a-1"), "ended on n1");
}

TEST_F(SlurmStatusTest, AQueueThatDoesNotAnswerIsAnError) {
  SlurmScheduler().submit(submission());
  fail("squeue", "Unable to contact slurm controller (connect failure)");
  EXPECT_THAT(message_of<SchedulerError>([&] { text("m0-a-1"); }), HasSubstr("Unable to contact"));
}

TEST_F(SlurmStatusTest, CancelTakesOffWhatIsStillThere) {
  SlurmScheduler slurm;
  slurm.submit(submission());
  answer("squeue", "17|0|RUNNING|None|n1\n17|1|COMPLETED|None|n1\n18|N/A|PENDING|Dependency|\n");
  EXPECT_EQ(slurm.cancel(run()), 1);
  EXPECT_THAT(calls(), HasSubstr("scancel 17 18\n"));
  answer("squeue", "17|0|CANCELLED|None|n1\n17|1|COMPLETED|None|n1\n");
  EXPECT_EQ(slurm.cancel(run()), 0);
}

TEST(SlurmJobs, AFileOfAnotherFormIsRefused) {
  const test::TempFolder folder;
  write_file_atomically(slurm_jobs_path(folder.path()), R"({"schema_version": 2, "jobs": []})");
  EXPECT_THAT(message_of<RecordError>([&] { read_slurm_jobs(folder.path()); }),
              HasSubstr("slurm.json: \"schema_version\" is 2: expected 1"));
}

}  // namespace
}  // namespace tuneval
