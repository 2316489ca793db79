#pragma once

#include "framework/generate/decoder.h"
#include "framework/model/loaded_model.h"
#include "framework/serve/answer.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>

namespace tuneval::serve {

struct EngineOptions {
  int64_t token_budget = 8192;   ///< distinct prompt tokens computed at once
  int64_t max_batch = 32;        ///< answers decoded at once
  int64_t cache_tokens = 32768;  ///< of prompts and answers, kept ones included; see Engine
  int64_t max_queue = 128;       ///< answers that wait besides
  size_t most_unread = 4096;     ///< tokens of one answer that its reader may be behind
};

/// A prompt to be answered, and how.
struct EngineRequest {
  std::vector<int64_t> prompt;  ///< not empty, and shorter than the model's context
  int64_t max_new_tokens = 64;
  std::vector<std::string> stop = {};
  Sampling sampling = {};
  std::shared_ptr<const Grammar> grammar = nullptr;  ///< null: the answer may be anything
  bool streams = false;  ///< whether the reader is told each token as it comes
};

class Engine;

/// A place in the engine: as long as somebody has it the answer is worked at. Must not outlive the
/// engine.
class Ticket {
 public:
  Ticket(Engine& engine, size_t id, std::shared_ptr<Answer> answer)
      : engine_(engine), id_(id), answer_(std::move(answer)) {}
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;
  ~Ticket();

  Answer& answer() const { return *answer_; }

 private:
  Engine& engine_;
  size_t id_;
  std::shared_ptr<Answer> answer_;
};

/// Answers prompts on a thread of its own, as many as fit at once: each pass over the model gives
/// all of them a token, and who comes joins before the next one. What is computed of prompts and
/// answers is kept for those to come.
///
/// No answer is begun while the cache holds `cache_tokens`, less what of it nobody needs; those
/// under way may grow beyond.
class Engine {
 public:
  /// The model must live as long, and serve nobody else.
  Engine(const LoadedModel& model, const EngineOptions& options);
  /// Breaks off what is under way.
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Takes a request in; or says that the queue is full, or that the engine is closing.
  std::variant<std::shared_ptr<Ticket>, ApiError> submit(EngineRequest request);

  struct Load {
    int64_t active = 0, waiting = 0;
  };
  Load load() const;

  /// Takes in nothing more, waits up to `most` for what is under way, breaks off the rest; whether
  /// there was no rest.
  bool close(std::chrono::milliseconds most);

 private:
  friend class Ticket;
  struct Job {
    size_t id;
    EngineRequest request;
    std::shared_ptr<Answer> answer;
  };

  void cancel(size_t id);
  void run();
  /// Waits until there is something to do; false: the engine is to end.
  bool wait_for_work();
  void drop_cancelled();
  void take_jobs();
  void begin(Job job);
  void deliver();
  void end(size_t id, AnswerEnd ending);
  void fail_all(const ApiError& error);
  void make_decoder();

  const LoadedModel& model_;
  const EngineOptions options_;

  // The engine thread's own.
  std::unique_ptr<Decoder> decoder_;
  std::unordered_map<size_t, std::shared_ptr<Answer>> active_;
  std::vector<size_t> unread_;  // whose readers are too far behind

  mutable std::mutex mutex_;
  std::condition_variable work_, idle_;
  std::deque<Job> waiting_;
  std::set<size_t> cancelled_;
  size_t next_id_ = 0;
  int64_t begun_ = 0;  // jobs that neither wait nor have ended
  bool closing_ = false, broken_off_ = false;

  std::thread thread_;
};

}  // namespace tuneval::serve
