#include "framework/cli/commands.h"
#include "framework/report/live_view.h"
#include "framework/report/screen.h"
#include "framework/status/run_status.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <thread>

namespace tuneval::cli {
namespace {

using Clock = std::chrono::steady_clock;

struct WatchArguments {
  std::string folder;
  double interval = 2.0;
  bool once = false;
};

LiveCell::State state_of(Standing standing) {
  switch (standing) {
    case Standing::done: return LiveCell::State::done;
    case Standing::running: return LiveCell::State::running;
    case Standing::failed: return LiveCell::State::failed;
    case Standing::damaged:  // runs again
    case Standing::left: break;
  }
  return LiveCell::State::left;
}

LiveCell cell_of(const CellStanding& standing) {
  LiveCell cell;
  cell.id = standing.id;
  cell.title = fmt::format("{} on {}", standing.title, standing.task);
  cell.state = state_of(standing.standing);
  cell.detail = standing.detail;
  if (cell.state != LiveCell::State::running || !standing.at) return cell;
  cell.stage = standing.at->stage;
  cell.done = standing.at->done;
  cell.total = standing.at->total;
  cell.tokens = standing.at->tokens;
  cell.loss = standing.at->loss;
  return cell;
}

LiveRun run_of(const WatchArguments& arguments) {
  const RunStatus status = read_status(std::filesystem::absolute(arguments.folder));
  LiveRun run;
  run.name = arguments.folder;
  run.seconds_left = status.seconds_left;
  for (const CellStanding& cell : status.cells) run.cells.push_back(cell_of(cell));
  if (!status.planned) {
    run.notes.push_back("no plan.json yet: only cells that have a record are known");
  }
  if (!status.holder && run.count(LiveCell::State::running) == 0 && !run.ended()) {
    run.notes.push_back("nobody is at work on it");
  }
  return run;
}

size_t screen_lines() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_row : 0;
}

/// Shows a run by redrawing the screen, or line by line where there is none.
class Screen {
 public:
  void show(const LiveRun& run) {
    if (!is_terminal_) {
      show_plain(run);
    } else {
      redraw(live_lines(run, {screen_width(stdout), screen_lines(), wants_colour(stdout)}));
    }
    std::fflush(stdout);
  }

 private:
  void show_plain(const LiveRun& run) {
    const auto lines =
        is_first_ ? live_lines(run, {screen_width(stdout), 0, false}) : live_events(before_, run);
    for (const std::string& line : lines) fmt::print("{}\n", line);
    is_first_ = false;
    before_ = run;
  }

  /// Over what was drawn before, line by line, so that nothing flickers.
  void redraw(const std::vector<std::string>& lines) {
    std::string text;
    if (drawn_ > 0) text += fmt::format("\033[{}A", drawn_);
    for (const std::string& line : lines) text += "\r\033[K" + line + "\n";
    text += "\033[J";
    fmt::print("{}", text);
    drawn_ = lines.size();
  }

  bool is_terminal_ = ::isatty(STDOUT_FILENO) == 1, is_first_ = true;
  size_t drawn_ = 0;
  LiveRun before_;
};

double seconds_of(Clock::time_point time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

void watch(const WatchArguments& arguments, Common& common) {
  Screen screen;
  LiveRates rates;
  while (true) {
    const Clock::time_point begin = Clock::now();
    LiveRun run = run_of(arguments);
    for (LiveCell& cell : run.cells) rates.observe(cell, seconds_of(begin));
    screen.show(run);
    if (arguments.once || run.ended()) {
      const bool failed = run.count(LiveCell::State::failed) > 0;
      common.exit_code = failed ? kSomeFailed : kDone;
      return;
    }
    // A slow network file system is not asked all the time.
    const std::chrono::duration<double> took = Clock::now() - begin;
    const std::chrono::duration<double> pause(arguments.interval);
    std::this_thread::sleep_for(std::max(pause, 4 * took));
  }
}

}  // namespace

void add_watch(CLI::App& app, Common& common) {
  CLI::App* command =
      app.add_subcommand("watch", "Show a run under way, from its files, until all cells ended");
  auto arguments = std::make_shared<WatchArguments>();
  command->add_option("folder", arguments->folder, "The run folder")->required()->type_name("DIR");
  command->add_option("--interval", arguments->interval, "Seconds between two looks")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();
  command->add_flag("--once", arguments->once, "Look once");
  command->callback([arguments, &common] { watch(*arguments, common); });
}

}  // namespace tuneval::cli
