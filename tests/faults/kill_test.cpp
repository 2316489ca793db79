// A run is killed again and again, at random moments, as a whole or in parts, and resumed each
// time: in the end it is what it would have been undisturbed.
//
// TUNEVAL_KILLS: how many kills there are to be (200). TUNEVAL_KILL_SEED: of the moments; which
// kills come of it depends on the machine's pace too.
#include "framework/record/lease.h"
#include "tests/end_to_end/program.h"
#include "tests/faults/process.h"
#include "tests/faults/run_view.h"
#include "tests/faults/small_run.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <thread>

namespace tuneval::testing {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

#if defined(__SANITIZE_ADDRESS__)
constexpr int64_t kKills = 20;  // everything takes many times longer
#else
constexpr int64_t kKills = 200;
#endif
constexpr int64_t kMostKillsOfARun = 60;
constexpr Seconds kHangs{180};

enum class Target { worker, program, group };
// One behind the other, so that a run that has just been started is killed too. A worker's death
// costs least, and workers come most often.
constexpr std::array kTurns = {Target::worker, Target::worker, Target::program, Target::group,
                               Target::worker, Target::worker, Target::group,   Target::program};

const char* name_of(Target target) {
  switch (target) {
    case Target::worker: return "a worker";
    case Target::program: return "the run's own process";
    case Target::group: break;
  }
  return "all its processes at once";
}

uint64_t number_from(const char* variable, uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

double seconds_since(Clock::time_point begin) { return Seconds(Clock::now() - begin).count(); }

/// Waits for something of a process; false where it ended before.
bool await(Process& process, const std::function<bool()>& condition) {
  const auto begin = Clock::now();
  while (process.is_running()) {
    if (condition()) return true;
    if (Clock::now() - begin > kHangs) {
      ADD_FAILURE() << "it hangs";
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return false;
}

/// How long an undisturbed run takes, in seconds: until its first cell begins, the first worker's
/// share of that, a cell, and what comes behind the last one.
struct Spans {
  double start = 0.0, worker_start = 0.0, cell = 0.0, end = 0.0;
};

/// What all lanes share.
struct Trials {
  int64_t wanted = 0;
  Spans spans = {};
  fs::path folder, manifest, whole;
  std::atomic<int64_t> kills = 0, runs = 0, begun_files = 0;
  std::mutex mutex = {};
  std::map<std::string, int64_t> by_target = {}, by_activity = {};
};

std::vector<std::string> command(const Trials& trials, const fs::path& output, int64_t jobs) {
  return {"run",    trials.manifest.string(), "--quiet",   "--output", output.string(),
          "--jobs", std::to_string(jobs),     "--retries", "1000"};
}

/// Kills one run after the other, to the end of each.
class Lane {
 public:
  Lane(Trials& trials, uint64_t seed) : trials_(trials), random_(seed) {}

  void run() {
    while (trials_.kills < trials_.wanted && !::testing::Test::HasFailure()) {
      const int64_t number = trials_.runs++;
      const fs::path output = trials_.folder / fmt::format("run{}", number);
      SCOPED_TRACE(output.filename().string());
      torment(output, 1 + number % 2);
      check(output);
      fs::remove_all(output);
    }
  }

 private:
  double up_to(double seconds) { return std::uniform_real_distribution(0.0, seconds)(random_); }
  std::unique_ptr<Process> start(const fs::path& output, int64_t jobs) const {
    return std::make_unique<Process>(command(trials_, output, jobs), says(output));
  }
  static fs::path says(const fs::path& output) { return output.string() + ".says"; }

  /// Waits for a moment at which the target is to be killed; false where the run ended before.
  bool await_moment(Process& process, const RunView& view, Target target) {
    const Spans& spans = trials_.spans;
    const int64_t kind = std::uniform_int_distribution<int64_t>(0, 19)(random_);
    double delay = 0.0;
    if (kind < 5 && target == Target::worker) {
      if (!await(process, [&] { return !process.workers().empty(); })) return false;
      delay = up_to(spans.worker_start);
    } else if (kind < 5) {
      delay = up_to(spans.start);
    } else if (kind == 5 && target != Target::worker) {
      if (!await(process, [&] { return view.records() >= kSmallRunCells; })) return false;
      delay = up_to(spans.end);
    } else {
      if (!await(process, [&] { return view.has_begun(process); })) return false;
      delay = up_to(2 * spans.cell);
    }
    const auto begin = Clock::now();
    return await(process, [&] { return seconds_since(begin) >= delay; });
  }

  /// Whether there was something to be killed.
  bool strike(Process& process, const RunView& view, Target target) {
    std::string activity = view.activity(process);
    if (target != Target::worker) {
      if (!process.kill(target == Target::group)) return false;
    } else {
      const auto workers = process.workers();
      if (workers.empty()) return false;
      const pid_t worker = workers[random_() % workers.size()];
      if (const std::string stage = view.stage_of(worker); !stage.empty()) {
        activity = "cell: " + stage;
      }
      if (::kill(worker, SIGKILL) != 0) return false;
      await(process, [&] { return !is_alive(worker); });
    }
    ++trials_.kills;
    const std::lock_guard lock(trials_.mutex);
    ++trials_.by_target[name_of(target)];
    ++trials_.by_activity[activity];
    return true;
  }

  /// Kills a run until it has come to its end in between, or there were enough.
  void torment(const fs::path& output, int64_t jobs) {
    const RunView view(output);
    auto process = start(output, jobs);
    for (int64_t kills = 0; kills < kMostKillsOfARun && trials_.kills < trials_.wanted;) {
      const Target target = kTurns[turn_ % kTurns.size()];
      if (!await_moment(*process, view, target)) break;
      if (!strike(*process, view, target)) continue;
      ++kills;
      ++turn_;
      if (target != Target::worker) process = start(output, jobs);
    }
    EXPECT_EQ(process->wait(), 0) << read_file(says(output));
  }

  void expect_well(const std::vector<std::string>& arguments, const fs::path& output) const {
    Process process(arguments, says(output));
    EXPECT_EQ(process.wait(), 0) << read_file(says(output));
  }

  /// Nothing is lost or torn, and nothing left that another run would stumble over.
  void check(const fs::path& output) {
    trials_.begun_files += int64_t(begun_files(output).size());
    EXPECT_FALSE(fs::exists(run_lease_path(output)));
    expect_well({"clean", output.string(), "--yes"}, output);
    EXPECT_THAT(begun_files(output), ::testing::IsEmpty());
    for (const char* folder : {"state", "leases", "checkpoints"}) {
      EXPECT_EQ(count_entries(output / folder), 0U) << folder;
    }
    expect_well({"status", output.string(), "--verify"}, output);
    expect_same_runs(output, trials_.whole);
  }

  Trials& trials_;
  std::mt19937_64 random_;
  size_t turn_ = 0;
};

class KillsTest : public ProgramTest {
 protected:
  /// Runs it undisturbed, and looks at the clock.
  static Spans measure(const Trials& trials) {
    const auto begin = Clock::now();
    const RunView view(trials.whole);
    Process process(command(trials, trials.whole, 1), trials.whole.string() + ".says");
    await(process, [&] { return !process.workers().empty(); });
    const double worker = seconds_since(begin);
    await(process, [&] { return view.has_begun(process); });
    const double first = seconds_since(begin);
    await(process, [&] { return view.records() >= kSmallRunCells; });
    const double last = seconds_since(begin);
    EXPECT_EQ(process.wait(), 0) << read_file(trials.whole.string() + ".says");
    return {first, first - worker, (last - first) / double(kSmallRunCells),
            seconds_since(begin) - last};
  }

  static void print(const Trials& trials, uint64_t seed, double seconds) {
    fmt::print(
        "{} kills (SIGKILL) of {} runs of {} cells in {:.0f} s, seed {}; {} unfinished files were "
        "left, and removed by clean\n",
        trials.kills.load(), trials.runs.load(), kSmallRunCells, seconds, seed,
        trials.begun_files.load());
    for (const auto& [name, count] : trials.by_target) fmt::print("{:>6}  {}\n", count, name);
    fmt::print("while the run was at\n");
    for (const auto& [name, count] : trials.by_activity) fmt::print("{:>6}  {}\n", count, name);
  }
};

TEST_F(KillsTest, AtAnyMomentLoseNothing) {
  Trials trials;
  trials.wanted = int64_t(number_from("TUNEVAL_KILLS", kKills));
  trials.folder = folder_;
  trials.whole = folder_ / "whole";
  trials.manifest = write_small_run(
      folder_, "batch_size = 2\ndropout = 0.1\nvalidation_ratio = 0.25\ncheckpoint_steps = 1\n");
  trials.spans = measure(trials);
  ASSERT_FALSE(HasFailure());
  const auto seed = number_from("TUNEVAL_KILL_SEED", std::random_device{}());
  const auto begin = Clock::now();
  std::vector<std::thread> lanes;
  const unsigned cores = std::clamp(std::thread::hardware_concurrency(), 1U, 4U);
  for (unsigned i = 0; i < cores; ++i) {
    lanes.emplace_back([&trials, seed, i] { Lane(trials, seed + i).run(); });
  }
  for (std::thread& lane : lanes) lane.join();
  print(trials, seed, seconds_since(begin));
  EXPECT_GE(trials.kills, trials.wanted);
  EXPECT_EQ(trials.by_target.size(), 3U);
  if (trials.wanted >= 100) {
    EXPECT_GE(trials.by_activity.size(), 5U) << "the moments are no random ones";
  }
}

}  // namespace
}  // namespace tuneval::testing
