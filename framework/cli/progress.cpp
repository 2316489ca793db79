#include "framework/cli/progress.h"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace tuneval::cli {

namespace {

std::string duration(double seconds) {
  const auto whole = int64_t(seconds + 0.5);
  if (whole < 60) return fmt::format("{}s", whole);
  if (whole < 3600) return fmt::format("{}m{:02}s", whole / 60, whole % 60);
  return fmt::format("{}h{:02}m", whole / 3600, whole / 60 % 60);
}

struct Size {
  size_t width = 80, height = 24;
};

Size terminal_size() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return {};
  return {size.ws_col, size.ws_row};
}

/// Not fmt::print, which throws where the terminal is gone: that would end workers in place of
/// letting them save.
void put(const std::string& text) { std::fputs(text.c_str(), stderr); }

/// "39.2 → 91.0 (+51.8)" in percent of the metric's own unit.
std::string scores(const CellRecord& record) {
  const MetricValue& tuned = (record.tuned ? record.tuned : record.base)->metrics.front();
  if (!record.base || !record.tuned) return fmt::format("{} {:.4f}", tuned.name, tuned.value);
  const double base = record.base->metrics.front().value;
  return fmt::format("{} {:.4f} -> {:.4f} ({:+.4f})", tuned.name, base, tuned.value,
                     tuned.value - base);
}

/// ", loss 0.4321, 812 tokens/s, 2m03s left", as far as it is known `seconds` after `first`.
std::string details(const CellProgress& at, const CellProgress& first, double seconds) {
  std::string text;
  if (at.stage == "tune") text += fmt::format(", loss {:.4f}", at.loss);
  const int64_t done = at.done - first.done;  // what an earlier attempt did took no time here
  if (seconds <= 0.2 || done <= 0) return text;
  text += fmt::format(", {:.0f} tokens/s", double(at.tokens - first.tokens) / seconds);
  text += fmt::format(", {} left", duration(seconds * double(at.total - at.done) / double(done)));
  return text;
}

}  // namespace

ProgressPrinter::ProgressPrinter(const Plan& plan, int64_t cells, bool quiet)
    : plan_(plan), cells_(cells), quiet_(quiet), terminal_(isatty(STDERR_FILENO) != 0) {
  auto logger = spdlog::get("tuneval");
  if (!logger) logger = spdlog::stderr_logger_mt("tuneval");
  logger->set_pattern(terminal_ ? "%v" : "%Y-%m-%d %H:%M:%S %v");
  line(fmt::format("{}: {} cells ({} models x {} tasks) -> {}", plan.manifest.name, cells_,
                   plan.models.size(), plan.tasks.size(), plan.manifest.output.string()));
  for (const std::string& note : plan.notes) line(note);
}

ProgressPrinter::~ProgressPrinter() { erase_live(); }

void ProgressPrinter::erase_live() {
  if (live_lines_ == 0) return;
  put("\r\033[K");
  for (size_t i = 1; i < live_lines_; ++i) put("\033[A\033[K");
  std::fflush(stderr);
  live_lines_ = 0;
}

/// One line a cell at work, as many as the terminal has room for.
void ProgressPrinter::show_live() {
  if (quiet_ || !terminal_) return;
  erase_live();
  const Size size = terminal_size();
  const size_t lines = std::min(shown_.size(), std::max<size_t>(1, size.height - 1));
  for (size_t i = 0; i < lines; ++i) {
    put((i == 0 ? "" : "\n") + shown_[i].text.substr(0, size.width - 1));
  }
  std::fflush(stderr);
  live_lines_ = lines;
}

void ProgressPrinter::line(const std::string& text) {
  if (quiet_) return;
  erase_live();
  spdlog::get("tuneval")->info(text);
  show_live();
}

void ProgressPrinter::failure(const std::string& text) {
  erase_live();
  spdlog::get("tuneval")->error(text);
  show_live();
}

std::string ProgressPrinter::name(const Cell& cell) {
  const int64_t number = numbers_.try_emplace(&cell, int64_t(numbers_.size()) + 1).first->second;
  return fmt::format("[{}/{}] {} x {}", number, cells_, cell.title(),
                     plan_.tasks[cell.task].entry.name);
}

ProgressPrinter::Shown* ProgressPrinter::find(const Cell& cell) {
  const auto found = std::ranges::find(shown_, &cell, &Shown::cell);
  return found == shown_.end() ? nullptr : &*found;
}

void ProgressPrinter::remove(const Cell& cell) {
  erase_live();
  std::erase_if(shown_, [&](const Shown& one) { return one.cell == &cell; });
}

void ProgressPrinter::cell_skipped(const Plan&, const Cell& cell) {
  line(fmt::format("{}: done before", name(cell)));
}

void ProgressPrinter::model_loading(const PlannedModel& model) {
  for (Shown& one : shown_) {
    const bool loads = one.first.stage.empty() && one.cell->has_model() &&
                       &plan_.models[one.cell->model] == &model;
    if (loads) one.text = fmt::format("{}: loading {}", name(*one.cell), model.entry.path.string());
  }
  show_live();
}

void ProgressPrinter::cell_began(const Plan&, const Cell& cell) {
  remove(cell);  // an earlier attempt
  shown_.push_back({&cell, name(cell), {}, {}, {}});
  show_live();
}

void ProgressPrinter::cell_progressed(const Plan&, const Cell& cell, const CellProgress& at) {
  Shown* shown = find(cell);
  if (!shown) return;
  const auto now = Clock::now();
  const bool fresh = at.stage != shown->first.stage;
  if (fresh) {
    shown->first = at;
    shown->stage_begin = shown->last_shown = now;
    if (!terminal_) line(fmt::format("{}: {}", name(cell), at.stage));
  }
  // A terminal's line is redrawn ten times a second at most, a log gets a line every ten seconds.
  const auto pause = terminal_ ? std::chrono::milliseconds(100) : std::chrono::seconds(10);
  if (!fresh && at.done < at.total && now - shown->last_shown < pause) return;
  shown->last_shown = now;
  const double seconds = std::chrono::duration<double>(now - shown->stage_begin).count();
  shown->text = fmt::format("{}: {} {}/{}{}", name(cell), at.stage, at.done, at.total,
                            details(at, shown->first, seconds));
  if (terminal_) {
    show_live();
  } else if (!fresh) {
    line(shown->text);
  }
}

void ProgressPrinter::cell_ended(const Plan&, const Cell& cell, const CellRecord& record) {
  remove(cell);
  if (record.done()) {
    line(fmt::format("{}: {} in {}", name(cell), scores(record), duration(record.seconds)));
  } else {
    failure(
        fmt::format("{}: failed: {}: {}", name(cell), record.error->kind, record.error->message));
  }
}

void ProgressPrinter::cell_stopped(const Plan&, const Cell& cell) {
  remove(cell);
  line(fmt::format("{}: stopped, and is to go on", name(cell)));
}

void ProgressPrinter::cell_held(const Plan&, const Cell& cell, const std::string& why) {
  remove(cell);
  failure(fmt::format("{}: not run: {}", name(cell), why));
}

void ProgressPrinter::cell_retried(const Plan&, const Cell& cell, const std::string& why) {
  remove(cell);
  failure(fmt::format("{}: failed, and is tried again: {}", name(cell), why));
}

}  // namespace tuneval::cli
