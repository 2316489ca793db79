#include "framework/manifest/engine_section.h"

#include "manifest_folder.h"

#include <gmock/gmock.h>

#include <cmath>

namespace tuneval {
namespace {

using testing::HasSubstr;

TEST_F(ManifestTest, HowCellsAreRunHasDefaults) {
  const EngineOptions engine = read(kEntries).engine;
  EXPECT_EQ(engine.jobs, 0);
  EXPECT_EQ(engine.retries, 0);
  EXPECT_EQ(engine.cell_timeout, 0.0);
  EXPECT_EQ(engine.stall_timeout, 3600.0);
  EXPECT_FALSE(engine.slurm);
}

TEST_F(ManifestTest, ReadsHowCellsAreRun) {
  const EngineOptions engine =
      read(kEntries + "[engine]\njobs = 3\nretries = 2\ncell_timeout = 90\nstall_timeout = 0.5\n")
          .engine;
  EXPECT_EQ(engine.jobs, 3);
  EXPECT_EQ(engine.retries, 2);
  EXPECT_EQ(engine.cell_timeout, 90.0);
  EXPECT_EQ(engine.stall_timeout, 0.5);
  EXPECT_EQ(read(kEntries, {"engine.jobs=4"}).engine.jobs, 4);
}

TEST_F(ManifestTest, RefusesWaysToRunThatThereAreNot) {
  EXPECT_EQ(error(kEntries + "[engine]\njobs = -1\n"),
            "run.toml:6:8: \"jobs\" in [engine] is -1: expected 0 to 1024");
  EXPECT_THAT(error(kEntries + "[engine]\nretries = -1\n"), HasSubstr("expected at least 0"));
  EXPECT_THAT(error(kEntries + "[engine]\ncell_timeout = -1\n"), HasSubstr("expected seconds"));
  EXPECT_THAT(error(kEntries + "[engine]\nstall_timeout = nan\n"), HasSubstr("expected seconds"));
  EXPECT_THAT(error(kEntries + "[engine]\njob = 2\n"), HasSubstr("did you mean \"jobs\""));
}

TEST(EngineFault, SaysWhichOption) {
  EngineOptions options;
  EXPECT_FALSE(engine_fault(options));
  options.jobs = 5000;
  EXPECT_EQ(engine_fault(options), "jobs is 5000: expected 0 to 1024");
  options.jobs = 1;
  options.cell_timeout = std::nan("");
  EXPECT_THAT(engine_fault(options).value_or(""), HasSubstr("cell_timeout is nan"));
}

}  // namespace
}  // namespace tuneval
