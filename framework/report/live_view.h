#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tuneval {

/// A cell of a run under way, as the live view shows it.
struct LiveCell {
  enum class State { done, running, failed, left };

  std::string id, title;  ///< "tiny-qwen3 on topics"
  State state = State::left;
  std::string detail = {};  ///< why it failed, or what else is to be known
  // Of a running one, as far as it tells:
  std::string stage = {};
  int64_t done = 0, total = 0, tokens = 0;
  double loss = 0.0;
  std::optional<double> tokens_per_second = {}, seconds_left = {};
};

struct LiveRun {
  std::string name;
  std::vector<LiveCell> cells;     ///< in the plan's order
  double seconds_left = 0.0;       ///< of computing, by the estimates; 0 where there are none
  std::vector<std::string> notes;  ///< what else is to be known, a sentence each

  int64_t count(LiveCell::State state) const;
  /// Whether every cell is done or failed.
  bool ended() const;
};

/// Rates, seen from how far a cell was when it was first looked at in its stage.
class LiveRates {
 public:
  /// Gives a running cell its rates; `now` in seconds of any clock that does not jump.
  void observe(LiveCell& cell, double now);

 private:
  struct Begin {
    std::string stage;
    int64_t done = 0, tokens = 0;
    double at = 0.0;
  };
  std::map<std::string, Begin> begins_;  ///< by id
};

struct LiveStyle {
  size_t width = 80;  ///< columns; 0: no limit
  size_t lines = 24;  ///< of the screen; 0: no limit
  bool colour = false;
};

/// The whole view, a line each: counts and a bar over all cells, the running ones with their bars
/// (in two lines each below 80 columns), the last failures, notes. What has no room is counted.
std::vector<std::string> live_lines(const LiveRun& run, const LiveStyle& style);

/// What happened between two looks, in plain lines: cells that began, ended, failed.
std::vector<std::string> live_events(const LiveRun& before, const LiveRun& now);

}  // namespace tuneval
