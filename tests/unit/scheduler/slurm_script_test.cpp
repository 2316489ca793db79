// The scripts that tasks are, run by bash with programs that only say how they were called.
#include "framework/scheduler/slurm_script.h"

#include "fake_slurm.h"

#include "framework/scheduler/program.h"

#include <gmock/gmock.h>

namespace tuneval {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class SlurmScript : public test::FakeSlurm {
 protected:
  void SetUp() override {
    FakeSlurm::SetUp();
    wanted_ = submission();
    wanted_.program = bin() / "tuneval";
  }

  /// Runs task 1 with a `tuneval` whose `cell` does what `body` says, "$@" being the ids. A signal
  /// to the script is sent by `kill -USR1 "$PPID"`.
  ProgramResult run_task(const std::string& body) {
    write_program("tuneval",
                  "#!/bin/bash\necho \"tuneval $*\" >>\"$(dirname \"$0\")/calls\"\n"
                  "[[ $1 == cell ]] || exit 0\n"
                  "while [[ $# -gt 0 && $1 != --id ]]; do shift; done\n" +
                      body + "\n");
    answer("scontrol", "");
    write_program("sleep", "#!/bin/bash\nexit 0\n");
    test::write_text(bin() / "task.sh", array_script(wanted_, options_));
    return run_program({"env", "SLURM_ARRAY_TASK_ID=1", "SLURM_ARRAY_JOB_ID=40", "SLURM_JOB_ID=41",
                        "bash", (bin() / "task.sh").string()});
  }

  Submission wanted_;
  SlurmOptions options_;
};

TEST_F(SlurmScript, AsksForWhatTheOptionsSay) {
  options_ = {.partition = "gpu",
              .account = "lab",
              .qos = "high",
              .gres = "gpu:1",
              .time = "12:00:00",
              .cpus = 4,
              .width = 3,
              .signal = 90,
              .options = {"--constraint=a100"},
              .setup = {"module load cuda"}};
  const std::string script = array_script(wanted_, options_);
  for (const char* line :
       {"--array=0-1%3", "--requeue", "--open-mode=append", "--signal=B:USR1@90", "--partition=gpu",
        "--account=lab", "--qos=high", "--gres=gpu:1", "--time=12:00:00", "--cpus-per-task=4",
        "--constraint=a100", "--mem=1792M"}) {
    EXPECT_THAT(script, HasSubstr(std::string("#SBATCH ") + line + "\n"));
  }
  EXPECT_LT(script.rfind("#SBATCH"), script.find("module load cuda"));
  EXPECT_LT(script.find("module load cuda"), script.find("tuneval=("));
  options_.memory = "24G";
  EXPECT_THAT(array_script(wanted_, options_), HasSubstr("#SBATCH --mem=24G\n"));
}

TEST_F(SlurmScript, WhatIsNotKnownIsLeftToTheCluster) {
  for (ScheduledTask& task : wanted_.tasks) task.memory_bytes = 0;
  const std::string script = array_script(wanted_, options_);
  EXPECT_THAT(script, HasSubstr("#SBATCH --array=0-1\n"));
  for (const char* option : {"--mem", "--time", "--partition", "--gres", "--cpus-per-task"}) {
    EXPECT_THAT(script, Not(HasSubstr(option)));
  }
}

TEST_F(SlurmScript, WordsOfAShellAreQuoted) {
  EXPECT_EQ(shell_word("/a/b-c_d.e"), "/a/b-c_d.e");
  EXPECT_EQ(shell_word("a b"), "'a b'");
  EXPECT_EQ(shell_word("it's $HOME"), R"('it'\''s $HOME')");
  EXPECT_EQ(shell_word(""), "''");
}

TEST_F(SlurmScript, ATaskLooksAtItsMachineAndRunsItsCellsInOneProcess) {
  const ProgramResult task = run_task("exit 0");
  EXPECT_EQ(task.exit_code, 0) << task.err;
  EXPECT_EQ(calls(), fmt::format("tuneval node {0}\ntuneval cell --plan {0}/plan.json --id m1-a-1 "
                                 "--id m1-b-2\n",
                                 run().string()));
}

TEST_F(SlurmScript, AMachineThatIsUnlikeComputesNothing) {
  wanted_.program = "/nowhere/tuneval";
  const ProgramResult task = run_task("exit 0");
  EXPECT_EQ(task.exit_code, 127);
  EXPECT_THAT(task.err, HasSubstr("/nowhere/tuneval"));
  EXPECT_FALSE(std::filesystem::exists(bin() / "calls"));
}

TEST_F(SlurmScript, FailedCellsAreToldByTheExitCode) {
  EXPECT_EQ(run_task("exit 1").exit_code, 1);
  EXPECT_THAT(calls(), Not(HasSubstr("requeue")));
}

TEST_F(SlurmScript, NearItsTimeLimitATaskGoesBackIntoTheQueue) {
  const ProgramResult task = run_task(
      "trap 'exit 75' USR1\nkill -USR1 $PPID\nfor i in {1..200}; do read -rt 0.05 <> <(:); done");
  EXPECT_EQ(task.exit_code, 75) << task.err;
  EXPECT_THAT(calls(), HasSubstr("scontrol requeue 40_1\n"));
}

TEST_F(SlurmScript, AProcessThatDiesOfTheSignalIsPutBackToo) {
  const ProgramResult task =
      run_task("kill -USR1 $PPID\nfor i in {1..200}; do read -rt 0.05 <> <(:); done");
  EXPECT_EQ(task.exit_code, 75) << task.err;
  EXPECT_THAT(calls(), HasSubstr("scontrol requeue 40_1\n"));
}

TEST_F(SlurmScript, NotForEver) {
  options_.requeues = 0;
  const ProgramResult task = run_task(
      "trap 'exit 75' USR1\nkill -USR1 $PPID\nfor i in {1..200}; do read -rt 0.05 <> <(:); done");
  EXPECT_EQ(task.exit_code, 75);
  EXPECT_THAT(task.out, HasSubstr("submit again"));
  EXPECT_THAT(calls(), Not(HasSubstr("requeue")));
}

TEST_F(SlurmScript, ATaskThatIsTakenOffStaysOff) {
  // Slurm sends SIGTERM to all processes of a task, so the script passes none on.
  const ProgramResult task =
      run_task("trap 'exit 75' TERM\nkill -TERM $PPID\nkill -TERM $$\nexit 0");
  EXPECT_EQ(task.exit_code, 75) << task.err;
  EXPECT_THAT(calls(), Not(HasSubstr("requeue")));
}

TEST_F(SlurmScript, WhenTheProcessDiesItsCellsRunEachByItself) {
  const ProgramResult task =
      run_task("[[ $2 != m1-a-1 ]] || kill -SEGV $$\n[[ $# == 2 ]] || exit 9\nexit 0");
  EXPECT_EQ(task.exit_code, 128 + 11);
  EXPECT_THAT(calls(), HasSubstr("--id m1-a-1 --id m1-b-2\n"));
  EXPECT_THAT(calls(), HasSubstr("--id m1-a-1\n"));
  EXPECT_THAT(calls(), testing::EndsWith("plan.json --id m1-b-2\n"));
}

TEST_F(SlurmScript, NamesOfFoldersAreNoPatterns) {
  wanted_.run = "/runs/100%";
  wanted_.name = "two words";
  EXPECT_THAT(sbatch_command(wanted_, "array"),
              ElementsAre("sbatch", "--parsable", "--job-name=tuneval-two_words",
                          "--output=/runs/100%%/logs/slurm-%A_%a.out", "--chdir=/runs/100%",
                          "/runs/100%/slurm/array.sh"));
  EXPECT_THAT(sbatch_command(wanted_, "report", {"7", "9"}),
              testing::Contains("--dependency=afterany:7:9"));
}

}  // namespace
}  // namespace tuneval
