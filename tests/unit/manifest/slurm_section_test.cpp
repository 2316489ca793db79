#include "framework/manifest/slurm_section.h"

#include "manifest_folder.h"

#include <gmock/gmock.h>

namespace tuneval {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

SlurmOptions slurm_of(const Manifest& manifest) {
  EXPECT_TRUE(manifest.engine.slurm);
  return manifest.engine.slurm.value_or(SlurmOptions{});
}

TEST_F(ManifestTest, WithoutItsSectionNothingIsAskedOfSlurm) {
  EXPECT_FALSE(read(kEntries).engine.slurm);
  EXPECT_FALSE(read(kEntries + "[engine]\njobs = 2\n").engine.slurm);
}

TEST_F(ManifestTest, FillsInEveryDefaultOfSlurm) {
  const SlurmOptions slurm = slurm_of(read(kEntries + "[engine.slurm]\n"));
  EXPECT_EQ(slurm.partition, "");
  EXPECT_EQ(slurm.memory, "");
  EXPECT_EQ(slurm.width, 0);
  EXPECT_EQ(slurm.signal, 60);
  EXPECT_EQ(slurm.per, "model");
  EXPECT_THAT(slurm.where, testing::EndsWith("run.toml:5:1"));
}

TEST_F(ManifestTest, ReadsEveryKeyOfSlurm) {
  const SlurmOptions slurm = slurm_of(read(kEntries + R"(
[engine.slurm]
partition = "gpu"
account = "lab"
qos = "high"
gres = "gpu:a100:1"
time = "1-12:00:00"
memory = "24G"
cpus = 8
width = 4
signal = 90
requeues = 3
per = "cell"
options = ["--constraint=a100", "--exclude n7"]
setup = ["module load cuda/13"]
program = "/opt/tuneval/bin/tuneval"
)"));
  EXPECT_EQ(slurm.partition, "gpu");
  EXPECT_EQ(slurm.account, "lab");
  EXPECT_EQ(slurm.qos, "high");
  EXPECT_EQ(slurm.gres, "gpu:a100:1");
  EXPECT_EQ(slurm.time, "1-12:00:00");
  EXPECT_EQ(slurm.memory, "24G");
  EXPECT_EQ(slurm.cpus, 8);
  EXPECT_EQ(slurm.width, 4);
  EXPECT_EQ(slurm.signal, 90);
  EXPECT_EQ(slurm.requeues, 3);
  EXPECT_EQ(slurm.per, "cell");
  EXPECT_THAT(slurm.options, ElementsAre("--constraint=a100", "--exclude n7"));
  EXPECT_THAT(slurm.setup, ElementsAre("module load cuda/13"));
  EXPECT_EQ(slurm.program, "/opt/tuneval/bin/tuneval");
}

TEST_F(ManifestTest, RefusesWhatSbatchWouldMisread) {
  const auto refused = [&](const std::string& line) {
    return error(kEntries + "[engine.slurm]\n" + line + "\n");
  };
  EXPECT_THAT(refused("partition = \"a b\""), HasSubstr("run.toml:6:13: \"partition\""));
  EXPECT_THAT(refused("time = \"soon\""), HasSubstr("\"time\" in [engine.slurm] is \"soon\""));
  EXPECT_THAT(refused("time = \"0\""), HasSubstr("expected a limit"));
  EXPECT_THAT(refused("memory = \"24 GB\""), HasSubstr("expected a size"));
  EXPECT_THAT(refused("per = \"task\""), HasSubstr("\"per\""));
  EXPECT_THAT(refused("signal = 0"), HasSubstr("from 1 to 3600"));
  EXPECT_THAT(refused("options = [\"constraint=a100\"]"), HasSubstr("expected an option"));
  EXPECT_THAT(refused("options = [\"--array=0-3\"]"), HasSubstr("tuneval sets itself"));
  EXPECT_THAT(refused("options = [\"-o x\"]"), HasSubstr("tuneval sets itself"));
  EXPECT_THAT(refused(R"(setup = ["a\nb"])"), HasSubstr("one line a text"));
  EXPECT_THAT(refused("program = \"bin/tuneval\""), HasSubstr("absolute path"));
  EXPECT_THAT(refused("partitions = \"gpu\""), HasSubstr("partition"));
}

TEST(SlurmMinutes, AreReadInEveryFormThatSlurmHas) {
  EXPECT_EQ(slurm_minutes("90"), 90);
  EXPECT_EQ(slurm_minutes("5:00"), 5);
  EXPECT_EQ(slurm_minutes("0:30"), 1);
  EXPECT_EQ(slurm_minutes("12:30:00"), 750);
  EXPECT_EQ(slurm_minutes("2-12"), 60 * 60);
  EXPECT_EQ(slurm_minutes("1-00:10"), 1450);
  EXPECT_EQ(slurm_minutes("1-00:10:30"), 1451);
  for (const char* wrong : {"", "0", "-1", "1:2:3:4", "1-", "infinite", "1 0"}) {
    EXPECT_FALSE(slurm_minutes(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace tuneval
