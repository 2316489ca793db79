// What the machine may deny a run: space, the right to write, memory, files, cores, a sane clock, a
// locale, a home. Each is named in the error, or does not matter; and what was done stays.
#include "framework/record/store.h"
#include "tests/faults/limited.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>

namespace tuneval::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AnyOf;
using ::testing::HasSubstr;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kMayPreload = false;  // its library wants to be the first that is loaded
#else
constexpr bool kMayPreload = true;
#endif

class FaultsOfTheMachine : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    write_file(manifest(), fmt::format(R"(
[[models]]
path = "{0}/models/tiny-llama"
[[tasks]]
pack = "{0}/packs/ticket_urgency"
train_limit = 8
test_limit = 4
[tuning]
epochs = 1
batch_size = 4
rank = 4
learning_rate = 1.5e-3
)",
                                       TUNEVAL_SOURCE_DIR));
  }
  fs::path manifest() const { return folder_ / "run.toml"; }
  fs::path output() const { return folder_ / "out"; }
  std::vector<std::string> run() const {
    return {"run", manifest().string(), "--output", output().string()};
  }
  StoredRecords records() const { return RecordStore(output()).read_all(); }

  /// The one cell is done, by a run that went well.
  void expect_done(const Outcome& outcome) const {
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    const StoredRecords stored = records();
    EXPECT_TRUE(stored.faults.empty());
    ASSERT_EQ(stored.records.size(), 1U);
    EXPECT_TRUE(stored.records[0].done());
    EXPECT_DOUBLE_EQ(stored.records[0].recipe.at("learning_rate").get<double>(), 1.5e-3);
  }
  void expect_done_without_the_limit() const { expect_done(tuneval(run())); }

  /// A run that did not go well says so by its exit code and by one of these words.
  template <typename Words>
  static void expect_named(const Outcome& outcome, const Words& words) {
    EXPECT_THAT(outcome.exit_code, AnyOf(1, 2)) << outcome.err;
    EXPECT_THAT(outcome.out + outcome.err, words);
  }
  template <typename Words>
  static void expect_named_or_done(const Outcome& outcome, const Words& words) {
    if (outcome.exit_code != 0) expect_named(outcome, words);
  }
};

/// Whether this process may mount, in a namespace of its own.
bool may_mount(const fs::path& at) {
  return limited("unshare --mount bash -c 'mount -t tmpfs none \"$1\"'", "-", {at.string()})
             .exit_code == 0;
}

TEST_F(FaultsOfTheMachine, AFullDiskIsNamed) {
  fs::create_directories(output());
  if (!may_mount(output())) GTEST_SKIP() << "may not mount: AFileThatMayNotGrow stands in";
  const std::string small =
      fmt::format("mount -t tmpfs -o size=48k none {} && exec \"$0\" \"$@\"", output().string());
  expect_named(limited("unshare --mount bash -c '" + small + "'", run()),
               HasSubstr("No space left on device"));
  EXPECT_TRUE(fs::is_empty(output()));
  expect_done_without_the_limit();
}

TEST_F(FaultsOfTheMachine, AFileThatMayNotGrowIsNamedAndTheRunIsResumed) {
  expect_named(limited("ulimit -f 16; exec", run()), HasSubstr("File too large"));
  expect_done_without_the_limit();
}

TEST_F(FaultsOfTheMachine, AnOutputThatMayNotBeWrittenIsNamed) {
  fs::create_directories(output());
  const auto refused =
      ::testing::AllOf(HasSubstr(output().string()),
                       AnyOf(HasSubstr("Read-only file system"), HasSubstr("Permission denied")));
  if (::geteuid() != 0) {
    fs::permissions(output(), fs::perms(0555));
    expect_named(tuneval(run()), refused);
    fs::permissions(output(), fs::perms(0755));
  } else if (may_mount(output())) {
    const std::string locked =
        fmt::format("mount --bind {0} {0} && mount -o remount,ro,bind {0} && exec \"$0\" \"$@\"",
                    output().string());
    expect_named(limited("unshare --mount bash -c '" + locked + "'", run()), refused);
  } else {
    GTEST_SKIP() << "root without the right to mount writes everywhere";
  }
  EXPECT_TRUE(fs::is_empty(output()));
  expect_done_without_the_limit();
}

TEST_F(FaultsOfTheMachine, TooLittleMemoryIsNamed) {
  const auto words = AnyOf(HasSubstr("emory"), HasSubstr("alloc"), HasSubstr("no thread"),
                           HasSubstr("Resource temporarily unavailable"),
                           HasSubstr("failed to map segment"), HasSubstr("cannot be mapped"));
  // Too little for the libraries: the system's own loader says so.
  const Outcome none = limited("ulimit -v 100000; exec", run());
  EXPECT_NE(none.exit_code, 0);
  EXPECT_THAT(none.err, words);
  for (const int mebibytes : {600, 1000, 1400}) {
    SCOPED_TRACE(mebibytes);
    // Of each further core threads would take their share of addresses.
    const std::string little =
        fmt::format("export OMP_NUM_THREADS=2; ulimit -v {}; exec", mebibytes * 1024);
    expect_named_or_done(limited(little, run()), words);
  }
  expect_done_without_the_limit();
}

TEST_F(FaultsOfTheMachine, TooFewFilesAreNamed) {
  for (const int files : {4, 6, 10, 16, 24}) {
    SCOPED_TRACE(files);
    expect_named_or_done(limited(fmt::format("ulimit -n {}; exec", files), run()),
                         AnyOf(HasSubstr("Too many open files"), HasSubstr("open files")));
  }
  expect_done_without_the_limit();
}

TEST_F(FaultsOfTheMachine, OneCoreDoes) {
  if (limited("taskset -c 0", "/bin/true", {}).exit_code != 0) GTEST_SKIP() << "no core 0 for us";
  expect_done(limited("exec taskset -c 0", run()));
}

TEST_F(FaultsOfTheMachine, NoHomeAndNoOtherVariableDoes) {
  expect_done(limited("exec env -i", run()));
}

TEST_F(FaultsOfTheMachine, AClockThatJumpsDoesNotMatter) {
  if (!kMayPreload) GTEST_SKIP() << "not with AddressSanitizer";
  const Outcome proof =
      limited("export LD_PRELOAD=" TUNEVAL_HOSTILE_PROCESS " TUNEVAL_TEST_JUMPING_CLOCK=1; exec",
              "/bin/bash", {"-c", "date +%s; date +%s"});
  const long first = std::atol(proof.out.c_str());
  ASSERT_GT(std::labs(first - std::time(nullptr)), 80000)
      << "the clock does not jump: " << proof.err;
  expect_done(limited(
      "export LD_PRELOAD=" TUNEVAL_HOSTILE_PROCESS " TUNEVAL_TEST_JUMPING_CLOCK=1; exec", run()));
  const CellRecord record = records().records.at(0);
  constexpr double kLongest = 3600;  // far from a day
  for (const double seconds : {record.seconds, record.tune->seconds, record.base->seconds}) {
    EXPECT_GT(seconds, 0.0);
    EXPECT_LT(seconds, kLongest);
  }
}

TEST_F(FaultsOfTheMachine, ALocaleWithACommaDoesNotMatter) {
  if (!kMayPreload) GTEST_SKIP() << "not with AddressSanitizer";
  const std::string locales = (folder_ / "locales").string();
  fs::create_directories(locales);
  const Outcome made =
      limited("exec", "localedef", {"-i", "de_DE", "-f", "UTF-8", locales + "/de_DE.UTF-8"});
  if (!fs::exists(locales + "/de_DE.UTF-8/LC_NUMERIC")) {
    GTEST_SKIP() << "no sources of locales here: " << made.err;
  }
  const std::string german = "export LOCPATH=" + locales +
                             " LC_ALL=de_DE.UTF-8 LD_PRELOAD=" TUNEVAL_HOSTILE_PROCESS
                             " TUNEVAL_TEST_LOCALE=1; exec";
  const Outcome proof = limited(german, "/bin/bash", {"-c", "printf '%.1f' 0,5"});
  ASSERT_EQ(proof.out, "0,5") << proof.err;
  expect_done(limited(german, run()));
  // Reports in that locale and in none are the same to the byte.
  const std::vector<std::string> report = {"report",   output().string(), "--format",
                                           "markdown", "--format",        "csv"};
  const auto written = [&](const Outcome& outcome) {
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome.out + read_file(output() / "report.md") + read_file(output() / "report.csv");
  };
  EXPECT_EQ(written(limited(german, report)), written(tuneval(report)));
}

}  // namespace
}  // namespace tuneval::testing
