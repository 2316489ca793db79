#include "framework/serve/engine.h"

#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace tuneval::serve {

namespace {

ApiError full() {
  return {.status = 503,
          .message = "the server has all the requests that it can hold: ask again later",
          .type = "server_error",
          .code = "overloaded",
          .retry_after = 1};
}

ApiError closing() {
  return {.status = 503,
          .message = "the server is shutting down",
          .type = "server_error",
          .code = "shutting_down",
          .retry_after = 5};
}

ApiError broken(const std::string& what) {
  return {.status = 500, .message = what, .type = "server_error", .code = "internal_error"};
}

/// What a row failed of: an answer that its grammar cannot hold is the request's fault.
ApiError failure_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const DataError& error) {
    return {.status = 400, .message = error.what(), .code = "no_valid_answer"};
  } catch (const std::exception& error) {
    return broken(error.what());
  }
}

}  // namespace

Ticket::~Ticket() { engine_.cancel(id_); }

Engine::Engine(const LoadedModel& model, const EngineOptions& options)
    : model_(model), options_(options) {
  make_decoder();
  thread_ = std::thread([this] { run(); });
}

Engine::~Engine() {
  close(std::chrono::milliseconds(0));
  thread_.join();
}

void Engine::make_decoder() {
  decoder_ = std::make_unique<Decoder>(
      model_, DecoderOptions{.token_budget = options_.token_budget, .keep_prefixes = true});
}

std::variant<std::shared_ptr<Ticket>, ApiError> Engine::submit(EngineRequest request) {
  auto answer = std::make_shared<Answer>(options_.most_unread);
  size_t id = 0;
  {
    const std::lock_guard lock(mutex_);
    if (closing_) return closing();
    const int64_t held = begun_ + int64_t(waiting_.size());
    if (held >= options_.max_batch + options_.max_queue) return full();
    id = next_id_++;
    waiting_.push_back({id, std::move(request), answer});
  }
  work_.notify_one();
  return std::make_shared<Ticket>(*this, id, std::move(answer));
}

Engine::Load Engine::load() const {
  const std::lock_guard lock(mutex_);
  return {begun_, int64_t(waiting_.size())};
}

void Engine::cancel(size_t id) {
  {
    const std::lock_guard lock(mutex_);
    cancelled_.insert(id);
  }
  work_.notify_one();
}

bool Engine::close(std::chrono::milliseconds most) {
  std::unique_lock lock(mutex_);
  closing_ = true;
  work_.notify_one();
  const bool done = idle_.wait_for(lock, most, [&] { return begun_ == 0 && waiting_.empty(); });
  broken_off_ = true;
  work_.notify_one();
  return done;
}

bool Engine::wait_for_work() {
  std::unique_lock lock(mutex_);
  if (begun_ == 0 && waiting_.empty()) idle_.notify_all();
  work_.wait(lock,
             [&] { return broken_off_ || begun_ > 0 || !waiting_.empty() || !cancelled_.empty(); });
  return !broken_off_;
}

void Engine::run() {
  while (wait_for_work()) {
    try {
      drop_cancelled();
      take_jobs();
      decoder_->prefill();
      deliver();
      decoder_->step();
      deliver();
      decoder_->make_room({}, options_.cache_tokens);
    } catch (const std::exception& error) {  // out of memory, say: the cache may be half written
      fail_all(broken(error.what()));
      make_decoder();
    }
  }
  fail_all(closing());
  const std::lock_guard lock(mutex_);
  for (const Job& job : waiting_) job.answer->end({.error = closing()});
  waiting_.clear();
  idle_.notify_all();
}

void Engine::drop_cancelled() {
  std::set<size_t> cancelled;
  {
    const std::lock_guard lock(mutex_);
    cancelled.swap(cancelled_);
    std::erase_if(waiting_, [&](const Job& job) { return cancelled.contains(job.id); });
  }
  for (const size_t id : cancelled) {
    if (!active_.contains(id)) continue;  // it has ended
    decoder_->drop(id);
    end(id, {.error = broken("the client has left")});
  }
}

/// As many of those that wait as there is room for, in their order; one at least if none is at
/// work.
void Engine::take_jobs() {
  while (int64_t(decoder_->rows()) < options_.max_batch) {
    std::unique_lock lock(mutex_);
    if (waiting_.empty()) return;
    const bool fits = decoder_->make_room(waiting_.front().request.prompt, options_.cache_tokens);
    if (!fits && decoder_->rows() > 0) return;
    Job job = std::move(waiting_.front());
    waiting_.pop_front();
    ++begun_;
    lock.unlock();
    begin(std::move(job));
  }
}

void Engine::begin(Job job) {
  active_[job.id] = job.answer;
  RowRequest row;
  row.index = job.id;
  row.prompt = std::move(job.request.prompt);
  row.max_new_tokens = job.request.max_new_tokens;
  row.stop = std::move(job.request.stop);
  row.sampling = job.request.sampling;
  row.grammar = std::move(job.request.grammar);
  row.name = "the answer";
  if (job.request.streams) {
    row.told = [this, id = job.id, answer = job.answer](int64_t token) {
      if (!answer->put(token)) unread_.push_back(id);
    };
  }
  try {
    decoder_->add(std::move(row));
  } catch (const DataError&) {
    end(job.id, {.error = failure_of(std::current_exception())});
  }
}

void Engine::deliver() {
  for (FinishedRow& row : decoder_->take_finished()) {
    AnswerEnd ending{.completion = std::move(row.completion), .cached_tokens = row.cached};
    if (row.failure) ending.error = failure_of(row.failure);
    end(row.index, std::move(ending));
  }
  for (const size_t id : std::exchange(unread_, {})) {
    if (!active_.contains(id)) continue;
    decoder_->drop(id);
    end(id, {.error = broken("the answer was read too slowly")});
  }
}

void Engine::end(size_t id, AnswerEnd ending) {
  const auto found = active_.find(id);
  if (found == active_.end()) return;
  const std::shared_ptr<Answer> answer = std::move(found->second);
  active_.erase(found);
  {
    const std::lock_guard lock(mutex_);
    --begun_;
  }
  answer->end(std::move(ending));  // last: who reads it finds the load without it
}

void Engine::fail_all(const ApiError& error) {
  while (!active_.empty()) end(active_.begin()->first, {.error = error});
}

}  // namespace tuneval::serve
