#include "framework/engine/supervisor.h"

#include "framework/engine/attempt.h"
#include "framework/engine/signal_pipe.h"
#include "framework/engine/verdicts.h"
#include "framework/plan/plan_file.h"
#include "framework/record/cell_state.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <initializer_list>
#include <list>
#include <utility>

namespace tuneval {

namespace {

using Clock = Attempt::Clock;

// How often time-outs are looked at; events wake it up.
constexpr int kPollMs = 100;
// Waiting that takes so long means that this process was stopped, as by Ctrl-Z.
constexpr std::chrono::seconds kStopped{5};

/// Starts workers, listens to them and sees to what becomes of them.
class Supervisor {
 public:
  Supervisor(const Plan& plan, const Registry& registry, const RecordStore& store,
             RunListener& listener, const SupervisorOptions& options)
      : plan_(plan),
        store_(store),
        listener_(listener),
        options_(options),
        jobs_(jobs_of(options.engine, plan.manifest, options.machine)),
        verdicts_(plan, registry, store, listener, options.engine.retries) {}

  Supervised run(std::span<const Cell* const> cells);

 private:
  void start_what_fits();
  bool fits(const CellGroup& group) const;
  void start(CellGroup group);
  std::string free_gpu() const;
  WorkerStart start_of(const CellGroup& group, const std::string& gpu) const;

  void wait();
  void take_signals();
  void hear(Attempt& attempt);
  void take(Attempt& attempt, const Event& event);
  void take_end(Attempt& attempt, const Cell& cell, const Event& event);
  void look_at_clock(Attempt& attempt);
  void end(Attempt& attempt, int signal, std::string doom);
  void reap(Attempt& attempt, const Ending& ending);

  const Plan& plan_;
  const RecordStore& store_;
  RunListener& listener_;
  const SupervisorOptions& options_;
  const int64_t jobs_;
  Verdicts verdicts_;
  SignalPipe signals_;
  std::deque<CellGroup> waiting_;
  std::list<Attempt> running_;
  std::vector<ServerUse> servers_;  // of workers that have ended
  int signal_ = 0;
  bool is_cut_short_ = false;  // by it: some cells are left
};

bool Supervisor::fits(const CellGroup& group) const {
  if (running_.empty()) return true;  // alone it has all there is
  const bool lane_is_free =
      std::ranges::none_of(running_, [](const Attempt& attempt) { return attempt.group.server; });
  if (group.server && !lane_is_free) return false;
  if (plan_.manifest.device != "cpu" || options_.machine.memory == 0) return true;
  int64_t needed = group.memory();
  for (const Attempt& attempt : running_) needed += attempt.group.memory();
  return needed <= options_.machine.memory;
}

void Supervisor::start_what_fits() {
  while (signal_ == 0 && int64_t(running_.size()) < jobs_) {
    const auto next =
        std::ranges::find_if(waiting_, [this](const CellGroup& group) { return fits(group); });
    if (next == waiting_.end()) return;
    CellGroup group = *next;
    waiting_.erase(next);
    try {
      start(group);
    } catch (const Error&) {
      if (running_.empty()) throw;
      waiting_.push_front(std::move(group));  // when another one has ended there may be room
      return;
    }
  }
}

/// Empty where there is nothing to choose.
std::string Supervisor::free_gpu() const {
  if (plan_.manifest.device != "cuda" || options_.machine.gpus.size() < 2) return {};
  std::vector<std::string> taken;
  for (const Attempt& attempt : running_) taken.push_back(attempt.gpu);
  return least_taken(options_.machine.gpus, taken);
}

WorkerStart Supervisor::start_of(const CellGroup& group, const std::string& gpu) const {
  WorkerStart start;
  start.program = options_.program;
  start.arguments = options_.arguments;
  const auto add = [&](std::initializer_list<std::string> more) {
    start.arguments.insert(start.arguments.end(), more);
  };
  add({"--plan", options_.plan_file.string()});
  if (jobs_ > 1 && plan_.manifest.threads == 0) {
    const int64_t threads = std::max<int64_t>(1, options_.machine.cores / jobs_);
    add({"--threads", std::to_string(threads)});
  }
  for (const ServerUse& use : group.server ? servers_ : std::vector<ServerUse>()) {
    add({fmt::format("--{}-spent", use.who), fmt::format("{}", use.usage.cost)});
  }
  for (const Cell* cell : group.cells) add({"--id", cell->id});
  if (!gpu.empty()) start.environment.emplace_back("CUDA_VISIBLE_DEVICES", gpu);
  start.log = cell_log_path(plan_.manifest.output, group.cells.front()->id);
  return start;
}

void Supervisor::start(CellGroup group) {
  const std::string gpu = free_gpu();
  const WorkerStart how = start_of(group, gpu);
  Attempt& attempt = running_.emplace_back(how);
  attempt.left.assign(group.cells.begin(), group.cells.end());
  attempt.group = std::move(group);
  attempt.gpu = gpu;
  attempt.memory_kills = out_of_memory_kills();
}

void Supervisor::wait() {
  std::vector<pollfd> fds = {{signals_.fd(), POLLIN, 0}};
  for (const Attempt& attempt : running_) {
    if (attempt.process.fd() >= 0) fds.push_back({attempt.process.fd(), POLLIN, 0});
  }
  const auto begin = Clock::now();
  ::poll(fds.data(), nfds_t(fds.size()), kPollMs);  // a signal may end it early, which is as well
  const auto waited = Clock::now() - begin;
  if (waited < kStopped) return;
  for (Attempt& attempt : running_) attempt.forgive(waited);
}

void Supervisor::take_signals() {
  while (const std::optional<int> signal = signals_.next()) {
    const bool again = signal_ != 0;
    if (!again) signal_ = *signal;
    for (Attempt& attempt : running_) end(attempt, again ? SIGKILL : SIGTERM, "was stopped");
  }
}

void Supervisor::end(Attempt& attempt, int signal, std::string doom) {
  if (attempt.doom.empty()) {
    attempt.doom = std::move(doom);
    attempt.doomed = attempt.at();
  }
  attempt.process.send(signal);
  if (!attempt.kill_at) attempt.kill_at = Clock::now() + options_.grace;
}

void Supervisor::look_at_clock(Attempt& attempt) {
  const auto now = Clock::now();
  const auto seconds = [&](Clock::time_point since) {
    return std::chrono::duration<double>(now - since).count();
  };
  const EngineOptions& engine = options_.engine;
  if (attempt.kill_at) {
    if (now >= *attempt.kill_at) attempt.process.send(SIGKILL);
  } else if (engine.stall_timeout > 0 && seconds(attempt.last_sign) > engine.stall_timeout) {
    // It would not hear a request.
    end(attempt, SIGKILL,
        fmt::format("gave no sign of life for {:g} s and was killed (stall_timeout)",
                    engine.stall_timeout));
  } else if (engine.cell_timeout > 0 && attempt.current &&
             seconds(attempt.cell_begin) > engine.cell_timeout) {
    end(attempt, SIGTERM,
        fmt::format("took longer than {:g} s and was ended (cell_timeout)", engine.cell_timeout));
  }
}

void Supervisor::hear(Attempt& attempt) {
  for (const Event& event : attempt.process.take_events()) take(attempt, event);
}

void Supervisor::take(Attempt& attempt, const Event& event) {
  using Kind = Event::Kind;
  attempt.last_sign = Clock::now();
  if (event.kind == Kind::servers) {
    attempt.servers = event.servers;
    return;
  }
  if (event.kind == Kind::loading) {
    const auto model = std::ranges::find(plan_.models, event.model,
                                         [](const PlannedModel& one) { return one.entry.name; });
    if (model != plan_.models.end()) listener_.model_loading(*model);
    return;
  }
  const Cell* cell = attempt.find(event.id);
  if (!cell) return;
  if (event.kind == Kind::began) {
    attempt.current = cell;
    attempt.progress = {};
    attempt.began = utc_now();
    attempt.cell_begin = Clock::now();
    listener_.cell_began(plan_, *cell);
  } else if (event.kind == Kind::progress) {
    attempt.progress = event.at;
    listener_.cell_progressed(plan_, *cell, event.at);
  } else if (event.kind != Kind::pulse) {
    take_end(attempt, *cell, event);
  }
}

/// That the worker is through with a cell, one way or the other.
void Supervisor::take_end(Attempt& attempt, const Cell& cell, const Event& event) {
  using Kind = Event::Kind;
  if (event.kind == Kind::stopped) {
    attempt.current = nullptr;  // it is left to do
    return listener_.cell_stopped(plan_, cell);
  }
  attempt.drop(cell);
  attempt.progress = {};
  if (event.kind == Kind::skipped) return verdicts_.skipped(cell);
  if (event.kind == Kind::held) return verdicts_.held(cell, event.why);
  if (verdicts_.ended(cell, event.why)) waiting_.push_back({{&cell}, attempt.group.server});
}

void Supervisor::reap(Attempt& attempt, const Ending& ending) {
  hear(attempt);
  add_uses(servers_, attempt.servers);
  attempt.clean_behind(plan_.manifest.output);
  take_signals();  // the terminal's Ctrl-C ends a worker that does not listen yet
  is_cut_short_ = is_cut_short_ || (signal_ != 0 && !attempt.left.empty());
  if (signal_ != 0 || attempt.left.empty()) return;
  const std::vector<const Cell*> left(attempt.left.begin(), attempt.left.end());
  if (attempt.doomed && !attempt.find(attempt.doomed->id)) {
    // It came to the end of that cell all the same: the next one is not to blame.
    waiting_.push_front({left, attempt.group.server});
    return;
  }
  const Cell& blamed = *attempt.at();
  Death death{ending, attempt.doom, attempt.stage()};
  death.memory_kills = out_of_memory_kills() - attempt.memory_kills;
  death.estimated_memory = blamed.estimate.peak_memory_bytes;
  death.free_memory = options_.machine.memory;
  const std::string began = attempt.current ? attempt.began : utc_now();
  std::vector<const Cell*> next = verdicts_.died(blamed, left, death, began, attempt.cell_begin);
  if (!next.empty()) waiting_.push_front({std::move(next), attempt.group.server});
}

Supervised Supervisor::run(std::span<const Cell* const> cells) {
  std::vector<const Cell*> to_run;
  for (const Cell* cell : cells) {
    if (store_.has_done(cell->id)) {
      verdicts_.skipped(*cell);
    } else {
      to_run.push_back(cell);
    }
  }
  for (CellGroup& group : make_groups(plan_, to_run, jobs_)) waiting_.push_back(std::move(group));
  for (start_what_fits(); !running_.empty(); start_what_fits()) {
    wait();
    take_signals();
    for (auto attempt = running_.begin(); attempt != running_.end();) {
      hear(*attempt);
      if (const std::optional<Ending> ending = attempt->process.ended()) {
        reap(*attempt, *ending);
        attempt = running_.erase(attempt);
      } else {
        look_at_clock(*attempt++);
      }
    }
  }
  const bool stopped = is_cut_short_ || !waiting_.empty();
  Supervised result{verdicts_.counts(), stopped ? signal_ : 0};
  result.counts.stopped = stopped;
  result.counts.servers = servers_;
  return result;
}

}  // namespace

Supervised supervise(const Plan& plan, const Registry& registry, const RecordStore& store,
                     std::span<const Cell* const> cells, RunListener& listener,
                     const SupervisorOptions& options) {
  return Supervisor(plan, registry, store, listener, options).run(cells);
}

}  // namespace tuneval
