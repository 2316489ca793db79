#pragma once

#include "framework/plan/plan.h"
#include "framework/record/store.h"
#include "framework/score/judge.h"
#include "framework/teacher/teacher.h"

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tuneval {

/// What one server was asked.
struct ServerUse {
  std::string who;  ///< "teacher" or "judge"
  TeacherUsage usage;
};

/// Money that other processes of a run have spent: limits hold for all of them together.
struct Spent {
  double teacher = 0.0, judge = 0.0;
};

/// Adds what another process asked, server by server.
void add_uses(std::vector<ServerUse>& sum, const std::vector<ServerUse>& more);

/// Whether running the cell asks a teacher or a judge.
bool needs_server(const Plan& plan, const Cell& cell);

/// The servers that a run asks, each opened when it is first needed. What they answer is kept in
/// the run folder (RecordStore::cache_path).
class Servers {
 public:
  /// `stop`: ends asking where it is set; may be null.
  Servers(const Manifest& manifest, const RecordStore& store, const Spent& spent = {},
          const std::atomic<bool>* stop = nullptr)
      : manifest_(manifest), store_(store), spent_(spent), stop_(stop) {}

  /// Of a manifest that has one. Throws TeacherError, as for a key that the environment lacks.
  Teacher& teacher();
  /// Null where the manifest has none. Throws TeacherError.
  const Judge* judge();
  /// What is called at each of the judge's answers from now on: judging has no progress of its own.
  void set_pulse(std::function<void()> pulse) { pulse_ = std::move(pulse); }
  /// What those that were opened have been asked.
  std::vector<ServerUse> uses() const;

 private:
  TeacherTools tools(double spent) const;

  const Manifest& manifest_;
  const RecordStore& store_;
  const Spent spent_;
  const std::atomic<bool>* const stop_;
  std::function<void()> pulse_;
  std::unique_ptr<Teacher> teacher_, judging_;
  std::optional<Judge> judge_;
};

}  // namespace tuneval
