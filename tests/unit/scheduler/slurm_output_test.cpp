#include "framework/scheduler/slurm_output.h"

#include "framework/scheduler/scheduler.h"
#include "tests/support/folder.h"

#include <gmock/gmock.h>

namespace tuneval {
namespace {

using test::message_of;
using testing::HasSubstr;

TEST(SlurmOutput, AJobsNumberComesAloneOrWithItsCluster) {
  EXPECT_EQ(read_job_id("12\n"), "12");
  EXPECT_EQ(read_job_id("12;north\n"), "12");
  for (const char* wrong : {"", "Submitted batch job 12", "12x", "-3"}) {
    EXPECT_THAT(message_of<SchedulerError>([&] { read_job_id(wrong); }),
                HasSubstr("a job's number"))
        << wrong;
  }
}

TEST(SlurmOutput, PartitionsHaveLimitsInMinutes) {
  const auto partitions =
      read_partitions("main*|up|1:00:00\nurgent|drain|5:00\nlong|up|2-12:00:00\nall|up|infinite\n");
  ASSERT_EQ(partitions.size(), 4U);
  EXPECT_EQ(partitions[0].name, "main");
  EXPECT_TRUE(partitions[0].is_default);
  EXPECT_TRUE(partitions[0].up);
  EXPECT_EQ(partitions[0].minutes, 60);
  EXPECT_FALSE(partitions[1].is_default);
  EXPECT_FALSE(partitions[1].up);
  EXPECT_EQ(partitions[1].minutes, 5);
  EXPECT_EQ(partitions[2].minutes, 60 * 60);
  EXPECT_FALSE(partitions[3].minutes);
}

TEST(SlurmOutput, ALineOfAnotherFormIsShown) {
  EXPECT_THAT(message_of<SchedulerError>([] { read_partitions("main*|up\n"); }),
              HasSubstr("sinfo printed \"main*|up\""));
  EXPECT_THAT(message_of<SchedulerError>([] { read_partitions("main|up|soon\n"); }),
              HasSubstr("\"soon\": expected a time limit"));
  EXPECT_THAT(message_of<SchedulerError>([] { read_queue("12|0|RUNNING|None\n"); }),
              HasSubstr("squeue printed"));
  EXPECT_THAT(message_of<SchedulerError>([] { read_queue("12|0-3|PENDING|None|\n"); }),
              HasSubstr("a task's number"));
  EXPECT_THAT(message_of<SchedulerError>([] { read_accounting("job|COMPLETED|n1\n"); }),
              HasSubstr("sacct printed"));
}

TEST(SlurmOutput, TheQueueTellsWhereTasksAre) {
  const auto tasks = read_queue(
      "7|2|PENDING|Resources|\n7|0|RUNNING|None|n1\n7|1|COMPLETED|None|n2\n8|N/"
      "A|PENDING|Dependency|\n");
  ASSERT_EQ(tasks.size(), 4U);
  EXPECT_EQ(tasks[0].job, "7");
  EXPECT_EQ(tasks[0].index, 2);
  EXPECT_EQ(tasks[0].reason, "Resources");
  EXPECT_TRUE(tasks[0].active());
  EXPECT_TRUE(tasks[0].waits());
  EXPECT_EQ(tasks[1].nodes, "n1");
  EXPECT_EQ(tasks[1].reason, "");
  EXPECT_TRUE(tasks[1].active());
  EXPECT_FALSE(tasks[1].waits());
  EXPECT_FALSE(tasks[2].active());
  EXPECT_FALSE(tasks[3].index);
}

TEST(SlurmOutput, AccountsAreOfWholeTasks) {
  const auto tasks = read_accounting(
      "7_0|CANCELLED by 1000|n1\n7_1|NODE_FAIL|n2\n7_[4-9]|PENDING|None assigned\n9|"
      "COMPLETED|n1\n");
  ASSERT_EQ(tasks.size(), 3U);
  EXPECT_EQ(tasks[0].state, "CANCELLED");
  EXPECT_EQ(tasks[1].index, 1);
  EXPECT_EQ(tasks[1].nodes, "n2");
  EXPECT_FALSE(tasks[2].index);
}

TEST(SlurmOutput, AKeyOfTheConfigurationIsFound) {
  const std::string config =
      "Configuration data\nMaxArraySize            = 1001\nMaxJobCount = 10\n";
  EXPECT_EQ(config_value(config, "MaxArraySize"), "1001");
  EXPECT_FALSE(config_value(config, "MaxArray"));
}

}  // namespace
}  // namespace tuneval
