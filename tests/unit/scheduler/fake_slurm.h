#pragma once

#include "framework/scheduler/scheduler.h"
#include "tests/support/folder.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace tuneval::test {

/// Slurm's programs as scripts that come first on the PATH. Each notes how it was called and prints
/// the file of its name in the folder: `squeue.out`; where there is `squeue.err`, it says that and
/// fails. sbatch counts from 17; the probe's job does what `probe.run` says.
class FakeSlurm : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* path = std::getenv("PATH");
    path_ = path != nullptr ? path : "";
    ::setenv("PATH", (bin().string() + ":" + path_).c_str(), 1);
    for (const char* name : {"sbatch", "squeue", "sacct", "scancel", "scontrol", "sinfo"}) {
      write_program(name, kAnswer);
    }
    write_program("sbatch", kSbatch);
    answer("scontrol", "Slurmctld(primary) at here is UP\nMaxArraySize = 1001\n");
    answer("sinfo", "main*|up|1:00:00\nlong|up|infinite\ndrained|drain|infinite\n");
    answer("squeue", "");
    fail("sacct", "Slurm accounting storage is disabled");
  }
  void TearDown() override { ::setenv("PATH", path_.c_str(), 1); }

  std::filesystem::path bin() const { return folder_.path() / "bin"; }
  std::filesystem::path run() const { return folder_.path() / "run"; }

  void write_program(const std::string& name, const std::string& text) const {
    write_text(bin() / name, text);
    std::filesystem::permissions(bin() / name, std::filesystem::perms::owner_all);
  }
  void answer(const std::string& name, const std::string& text) const {
    std::filesystem::remove(bin() / (name + ".err"));
    write_text(bin() / (name + ".out"), text);
  }
  void fail(const std::string& name, const std::string& text) const {
    write_text(bin() / (name + ".err"), text + "\n");
  }
  /// How the programs were called so far, one line each.
  std::string calls() const { return read_text(bin() / "calls"); }

  Submission submission(size_t tasks = 2) const {
    Submission wanted;
    wanted.run = run();
    wanted.name = "toy";
    wanted.program = "/opt/tuneval/bin/tuneval";
    wanted.expected = {"1.0.0", "tuneval_abi_x", {{"qwen3", "0.1.0"}}};
    wanted.probe_seconds = 0;
    for (size_t i = 0; i < tasks; ++i) {
      wanted.tasks.push_back({fmt::format("model{}", i),
                              {fmt::format("m{}-a-1", i), fmt::format("m{}-b-2", i)},
                              int64_t(i) << 30});
    }
    return wanted;
  }

 private:
  static constexpr const char* kAnswer = R"sh(#!/bin/bash
here=$(dirname "$0") name=$(basename "$0")
echo "$name $*" >>"$here/calls"
if [[ -f $here/$name.err ]]; then cat "$here/$name.err" >&2; exit 1; fi
[[ ! -f $here/$name.out ]] || cat "$here/$name.out"
)sh";
  static constexpr const char* kSbatch = R"sh(#!/bin/bash
here=$(dirname "$0")
echo "sbatch $*" >>"$here/calls"
if [[ $1 == --version ]]; then echo "slurm 22.05"; exit; fi
if [[ -f $here/sbatch.err ]]; then cat "$here/sbatch.err" >&2; exit 1; fi
job=$(($(cat "$here/count" 2>/dev/null || echo 16) + 1))
echo $job >"$here/count"
script=${!#}
if [[ $script == */probe.sh && -f $here/probe.run ]]; then
  (cd "$(dirname "$script")" && SLURM_JOB_ID=$job bash "$here/probe.run")
fi
echo "$job;cluster"
)sh";

  TempFolder folder_;
  std::string path_;
};

}  // namespace tuneval::test
