#include "framework/cli/progress.h"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

namespace tuneval::cli {

namespace {

std::string duration(double seconds) {
  const auto whole = int64_t(seconds + 0.5);
  if (whole < 60) return fmt::format("{}s", whole);
  if (whole < 3600) return fmt::format("{}m{:02}s", whole / 60, whole % 60);
  return fmt::format("{}h{:02}m", whole / 3600, whole / 60 % 60);
}

size_t terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/// "39.2 → 91.0 (+51.8)" in percent of the metric's own unit.
std::string scores(const CellRecord& record) {
  const MetricValue& tuned = (record.tuned ? record.tuned : record.base)->metrics.front();
  if (!record.base || !record.tuned) return fmt::format("{} {:.4f}", tuned.name, tuned.value);
  const double base = record.base->metrics.front().value;
  return fmt::format("{} {:.4f} -> {:.4f} ({:+.4f})", tuned.name, base, tuned.value,
                     tuned.value - base);
}

}  // namespace

ProgressPrinter::ProgressPrinter(const Plan& plan, int64_t cells, bool quiet)
    : cells_(cells), quiet_(quiet), terminal_(isatty(STDERR_FILENO) != 0) {
  auto logger = spdlog::get("tuneval");
  if (!logger) logger = spdlog::stderr_logger_mt("tuneval");
  logger->set_pattern(terminal_ ? "%v" : "%Y-%m-%d %H:%M:%S %v");
  line(fmt::format("{}: {} cells ({} models x {} tasks) -> {}", plan.manifest.name, cells_,
                   plan.models.size(), plan.tasks.size(), plan.manifest.output.string()));
  for (const std::string& note : plan.notes) line(note);
}

ProgressPrinter::~ProgressPrinter() {
  if (live_shown_) fmt::print(stderr, "\r\033[K");
}

void ProgressPrinter::line(const std::string& text) {
  if (quiet_) return;
  if (live_shown_) fmt::print(stderr, "\r\033[K");
  live_shown_ = false;
  spdlog::get("tuneval")->info(text);
}

void ProgressPrinter::live(const std::string& text) {
  if (quiet_ || !terminal_) return;
  fmt::print(stderr, "\r\033[K{}", text.substr(0, terminal_width() - 1));
  std::fflush(stderr);
  live_shown_ = true;
}

std::string ProgressPrinter::name(const Plan& plan, const Cell& cell) const {
  return fmt::format("[{}/{}] {} x {}", started_, cells_, cell.title(),
                     plan.tasks[cell.task].entry.name);
}

void ProgressPrinter::cell_skipped(const Plan& plan, const Cell& cell) {
  ++started_;
  line(fmt::format("{}: done before", name(plan, cell)));
}

void ProgressPrinter::model_loading(const PlannedModel& model) {
  live(fmt::format("loading {}", model.entry.path.string()));
}

void ProgressPrinter::cell_began(const Plan& plan, const Cell& cell) {
  ++started_;
  stage_.clear();
  live(name(plan, cell));
}

void ProgressPrinter::cell_progressed(const Plan& plan, const Cell& cell, const CellProgress& at) {
  const auto now = Clock::now();
  const bool fresh = at.stage != stage_;
  if (fresh) {
    stage_ = at.stage;
    stage_begin_ = last_shown_ = now;
    if (!terminal_) line(fmt::format("{}: {}", name(plan, cell), at.stage));
  }
  // A terminal's line is redrawn ten times a second at most, a log gets a line every ten seconds.
  const auto pause = terminal_ ? std::chrono::milliseconds(100) : std::chrono::seconds(10);
  if (!fresh && at.done < at.total && now - last_shown_ < pause) return;
  last_shown_ = now;
  const double seconds = std::chrono::duration<double>(now - stage_begin_).count();
  std::string text = fmt::format("{}: {} {}/{}", name(plan, cell), at.stage, at.done, at.total);
  if (at.stage == "tune") text += fmt::format(", loss {:.4f}", at.loss);
  if (seconds > 0.2) {
    text += fmt::format(", {:.0f} tokens/s", double(at.tokens) / seconds);
    const double left =
        seconds * double(at.total - at.done) / double(std::max<int64_t>(at.done, 1));
    text += fmt::format(", {} left", duration(left));
  }
  if (terminal_) {
    live(text);
  } else if (!fresh) {
    line(text);
  }
}

void ProgressPrinter::cell_ended(const Plan& plan, const Cell& cell, const CellRecord& record) {
  if (record.done()) {
    line(fmt::format("{}: {} in {}", name(plan, cell), scores(record), duration(record.seconds)));
    return;
  }
  if (live_shown_) fmt::print(stderr, "\r\033[K");
  live_shown_ = false;
  spdlog::get("tuneval")->error("{}: failed: {}: {}", name(plan, cell), record.error->kind,
                                record.error->message);
}

}  // namespace tuneval::cli
