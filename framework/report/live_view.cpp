#include "framework/report/live_view.h"

#include "framework/report/duration.h"
#include "framework/report/screen.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace tuneval {
namespace {

using State = LiveCell::State;

constexpr size_t kBar = 24;          ///< columns of a bar, at most
constexpr size_t kNarrow = 80;       ///< below it a cell takes two lines
constexpr size_t kMostFailures = 5;  ///< that are shown

/// "[#######.......]": plain characters, which every terminal has.
std::string bar(double share, size_t columns) {
  const double part = std::isfinite(share) ? std::clamp(share, 0.0, 1.0) : 0.0;
  const auto full = size_t(part * double(columns));
  return fmt::format("[{}{}]", std::string(full, '#'), std::string(columns - full, '.'));
}

double share_of(int64_t done, int64_t total) {
  return total > 0 ? double(done) / double(total) : 0.0;
}

std::string counts(const LiveRun& run) {
  std::string text = fmt::format("{} of {} done", run.count(State::done), run.cells.size());
  const auto add = [&](State state, const char* name) {
    if (const int64_t count = run.count(state)) text += fmt::format(", {} {}", count, name);
  };
  add(State::running, "running");
  add(State::failed, "failed");
  add(State::left, "left");
  return text;
}

/// "tune 40/100, loss 0.1234, 1200 tokens/s, 2m10s left", as far as it is known.
std::string numbers(const LiveCell& cell) {
  std::string text = fmt::format("{} {}/{}", harmless(cell.stage), cell.done, cell.total);
  if (cell.stage == "tune" && cell.done > 0) text += fmt::format(", loss {:.4f}", cell.loss);
  if (cell.tokens_per_second) text += fmt::format(", {:.0f} tokens/s", *cell.tokens_per_second);
  if (cell.seconds_left) text += fmt::format(", {} left", duration_text(*cell.seconds_left));
  return text;
}

class View {
 public:
  View(const LiveRun& run, const LiveStyle& style) : run_(run), style_(style) {}

  std::vector<std::string> lines() {
    const std::string head = fmt::format("{}: {}", harmless(run_.name), counts(run_));
    add(head, Tone::plain, true);
    add(whole());
    for (const std::string& note : run_.notes) add(harmless(note), Tone::faint);
    add_running();
    add_failures();
    // The screen's last line is the cursor's.
    if (style_.lines > 1 && lines_.size() >= style_.lines) lines_.resize(style_.lines - 1);
    return std::move(lines_);
  }

 private:
  /// Over all cells, those running by how far they are in their stage.
  std::string whole() const {
    const auto ended = run_.count(State::done) + run_.count(State::failed);
    std::string text = fmt::format("{} {:3.0f} %", bar(share_of(ended, total()), bar_width()),
                                   100 * share_of(ended, total()));
    if (run_.seconds_left > 0) {
      text += fmt::format(", about {} of computing left", duration_text(run_.seconds_left));
    }
    return text;
  }

  void add_running() {
    const auto running = in(State::running);
    if (running.empty()) return;
    add("");
    const size_t each = is_narrow() ? 2 : 1;
    const size_t room = room_for(running.size() * each, 1 + failure_lines()) / each;
    size_t width = 0;
    for (const LiveCell* cell : running) width = std::max(width, display_width(title(*cell)));
    for (size_t i = 0; i < std::min(room, running.size()); ++i) add_cell(*running[i], width);
    add_rest(running.size(), room, "running");
  }

  void add_cell(const LiveCell& cell, size_t width) {
    // Before its first word of itself a cell has no bar.
    const std::string state =
        cell.stage.empty() ? harmless(cell.detail)
                           : fmt::format("{} {}", bar(share_of(cell.done, cell.total), bar_width()),
                                         numbers(cell));
    if (is_narrow()) {
      add(title(cell));
      add("  " + state, Tone::faint);
      return;
    }
    const size_t shown = std::min(width, style_.width == 0 ? width : style_.width / 3);
    add(fmt::format("{:<{}}  {}", fitted(title(cell), shown), shown, state));
  }

  void add_failures() {
    const auto failed = in(State::failed);
    if (failed.empty()) return;
    add("");
    const size_t shown = std::min(kMostFailures, failed.size());
    for (size_t i = failed.size() - shown; i < failed.size(); ++i) {
      add(fmt::format("failed: {}: {}", title(*failed[i]), harmless(failed[i]->detail)), Tone::bad);
    }
    add_rest(failed.size(), shown, "failed");
  }

  size_t failure_lines() const {
    const size_t failed = size_t(run_.count(State::failed));
    if (failed == 0) return 0;
    return 1 + std::min(kMostFailures, failed) + (failed > kMostFailures ? 1 : 0);
  }

  /// How many of these lines fit on the screen, if so many come behind them; at least one cell's.
  size_t room_for(size_t wanted, size_t behind) const {
    if (style_.lines == 0) return wanted;
    const size_t used = lines_.size() + behind + 1;
    const size_t least = is_narrow() ? 2 : 1;
    return std::min(wanted, std::max(least, style_.lines > used ? style_.lines - used : 0));
  }

  void add_rest(size_t count, size_t shown, const char* what) {
    if (count > shown) add(fmt::format("… and {} more {}", count - shown, what), Tone::faint);
  }

  std::vector<const LiveCell*> in(State state) const {
    std::vector<const LiveCell*> found;
    for (const LiveCell& cell : run_.cells) {
      if (cell.state == state) found.push_back(&cell);
    }
    return found;
  }

  /// One line, cut to the screen's width before it is painted.
  void add(const std::string& text, Tone tone = Tone::plain, bool bold = false) {
    std::string line = style_.width == 0 ? text : fitted(text, style_.width);
    if (style_.colour) line = bold ? emphasised(line) : painted(line, tone);
    lines_.push_back(std::move(line));
  }

  static std::string title(const LiveCell& cell) { return harmless(cell.title); }
  int64_t total() const { return std::ssize(run_.cells); }
  bool is_narrow() const { return style_.width > 0 && style_.width < kNarrow; }
  size_t bar_width() const {
    return style_.width == 0 ? kBar : std::clamp<size_t>(style_.width / 4, 4, kBar);
  }

  const LiveRun& run_;
  const LiveStyle& style_;
  std::vector<std::string> lines_;
};

}  // namespace

int64_t LiveRun::count(LiveCell::State state) const {
  return std::ranges::count(cells, state, &LiveCell::state);
}

bool LiveRun::ended() const {
  return count(State::done) + count(State::failed) == std::ssize(cells);
}

void LiveRates::observe(LiveCell& cell, double now) {
  if (cell.state != State::running || cell.stage.empty()) {
    begins_.erase(cell.id);
    return;
  }
  Begin& begin = begins_[cell.id];
  // A cell that was begun again is behind where it was.
  if (begin.stage != cell.stage || cell.done < begin.done || cell.tokens < begin.tokens) {
    begin = {cell.stage, cell.done, cell.tokens, now};
  }
  const double seconds = now - begin.at;
  if (seconds < 1.0) return;
  if (cell.tokens > begin.tokens) {
    cell.tokens_per_second = double(cell.tokens - begin.tokens) / seconds;
  }
  if (cell.done > begin.done && cell.total >= cell.done) {
    cell.seconds_left = seconds * double(cell.total - cell.done) / double(cell.done - begin.done);
  }
}

std::vector<std::string> live_lines(const LiveRun& run, const LiveStyle& style) {
  return View(run, style).lines();
}

std::vector<std::string> live_events(const LiveRun& before, const LiveRun& now) {
  std::vector<std::string> lines;
  for (const LiveCell& cell : now.cells) {
    const auto old = std::ranges::find(before.cells, cell.id, &LiveCell::id);
    const bool is_new = old == before.cells.end();
    const std::string title = harmless(cell.title);
    if (cell.state == State::running && !cell.stage.empty() &&
        (is_new || old->state != State::running || old->stage != cell.stage)) {
      lines.push_back(fmt::format("{}: {}", title, numbers(cell)));
    }
    if (!is_new && old->state == cell.state) continue;
    if (cell.state == State::done) lines.push_back(fmt::format("{}: done", title));
    if (cell.state == State::failed) {
      lines.push_back(fmt::format("{}: failed: {}", title, harmless(cell.detail)));
    }
  }
  if (!lines.empty()) lines.push_back(fmt::format("{}: {}", harmless(now.name), counts(now)));
  return lines;
}

}  // namespace tuneval
