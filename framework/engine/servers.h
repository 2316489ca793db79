#pragma once

#include "framework/plan/plan.h"
#include "framework/record/store.h"
#include "framework/score/judge.h"
#include "framework/teacher/teacher.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tuneval {

/// What one server was asked.
struct ServerUse {
  std::string who;  ///< "teacher" or "judge"
  TeacherUsage usage;
};

/// The servers that a run asks, each opened when it is first needed. What they answer is kept in
/// the run folder (RecordStore::cache_path).
class Servers {
 public:
  Servers(const Manifest& manifest, const RecordStore& store)
      : manifest_(manifest), store_(store) {}

  /// Of a manifest that has one. Throws TeacherError, as for a key that the environment lacks.
  Teacher& teacher();
  /// Null where the manifest has none. Throws TeacherError.
  const Judge* judge();
  /// What those that were opened have been asked.
  std::vector<ServerUse> uses() const;

 private:
  const Manifest& manifest_;
  const RecordStore& store_;
  std::unique_ptr<Teacher> teacher_, judging_;
  std::optional<Judge> judge_;
};

}  // namespace tuneval
