#include "framework/engine/worker_listener.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace tuneval {

namespace {

// Nobody looks more often.
constexpr std::chrono::milliseconds kTellEvery{100};
constexpr std::chrono::seconds kPulseEvery{1}, kSaveEvery{1};

}  // namespace

void WorkerListener::tell(Event::Kind kind, const Cell& cell, std::string why) const {
  Event event;
  event.kind = kind;
  event.id = cell.id;
  event.why = std::move(why);
  events_.write(event);
}

/// A disk that takes no state may yet take a record.
void WorkerListener::save_state(const std::string& id) {
  saved_ = Clock::now();
  state_.updated = utc_now();
  try {
    write_cell_state(output_, id, state_);
  } catch (const std::exception&) {
  }
}

void WorkerListener::cell_skipped(const Plan&, const Cell& cell) {
  // It may have begun here: then nothing came of that.
  tell(Event::Kind::skipped, cell);
  if (!events_.is_open()) fmt::print(stderr, "{}: done before\n", cell.id);
}

void WorkerListener::model_loading(const PlannedModel& model) {
  Event event;
  event.kind = Event::Kind::loading;
  event.model = model.entry.name;
  events_.write(event);
}

void WorkerListener::cell_began(const Plan&, const Cell& cell) {
  log_.emplace(cell_log_path(output_, cell.id));
  state_ = {};
  state_.stage = "load";
  state_.started = utc_now();
  state_.pid = ::getpid();
  state_.host = host_name();
  state_.attempt = log_->attempt();
  save_state(cell.id);
  tell(Event::Kind::began, cell);
}

void WorkerListener::cell_progressed(const Plan&, const Cell& cell, const CellProgress& at) {
  const bool fresh = at.stage != state_.stage;
  state_.stage = at.stage;
  state_.done = at.done;
  state_.total = at.total;
  state_.tokens = at.tokens;
  state_.loss = at.loss;
  const auto now = Clock::now();
  if (fresh || now - saved_ >= kSaveEvery) save_state(cell.id);
  if (!fresh && at.done < at.total && now - told_ < kTellEvery) return;
  told_ = now;
  Event event;
  event.kind = Event::Kind::progress;
  event.id = cell.id;
  event.at = at;
  events_.write(event);
}

void WorkerListener::cell_pulsed(const Plan&, const Cell& cell) {
  const auto now = Clock::now();
  if (now - std::max(told_, pulsed_) < kPulseEvery) return;
  pulsed_ = now;
  tell(Event::Kind::pulse, cell);
  if (now - saved_ >= kSaveEvery) save_state(cell.id);
}

void WorkerListener::end(const Cell& cell, const std::string& how) {
  log_.reset();
  remove_cell_state(output_, cell.id);
  if (!events_.is_open()) fmt::print(stderr, "{}: {}\n", cell.id, how);
}

void WorkerListener::cell_ended(const Plan&, const Cell& cell, const CellRecord& record) {
  const std::string why =
      record.error ? fmt::format("{}: {}", record.error->kind, record.error->message) : "";
  // For who reads the log alone. Not fmt::print, which throws where the disk is full.
  if (!why.empty()) std::fputs(fmt::format("failed: {}\n", why).c_str(), stderr);
  end(cell, why.empty() ? fmt::format("done in {:.0f} s", record.seconds) : "failed: " + why);
  tell(Event::Kind::ended, cell, why);
}

void WorkerListener::cell_stopped(const Plan&, const Cell& cell) {
  end(cell, "stopped; run it again to go on");
  tell(Event::Kind::stopped, cell);
}

void WorkerListener::cell_held(const Plan&, const Cell& cell, const std::string& why) {
  log_.reset();  // the state is another process's
  if (!events_.is_open()) fmt::print(stderr, "{}: {}\n", cell.id, why);
  tell(Event::Kind::held, cell, why);
}

void WorkerListener::servers_asked(const std::vector<ServerUse>& uses) {
  if (uses.empty()) return;
  Event event;
  event.kind = Event::Kind::servers;
  event.servers = uses;
  events_.write(event);
}

}  // namespace tuneval
