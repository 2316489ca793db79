#pragma once

#include "framework/synth/planner.h"
#include "framework/teacher/teacher.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace tuneval {

/// Inputs whose answers a teacher is asked for as a student will be: by the task's own prompt, with
/// no row shown. Cheap, and a teacher that knows the task, such as a larger student that was tuned,
/// need not know how to write rows.
class PlainInputs {
 public:
  /// Throws ManifestError where the rows of the seed do not have their answer as the value of one
  /// key, DataError for an input that the task type cannot read.
  PlainInputs(const SynthTask& task, const SynthOptions& options);

  TeacherRequest request(const Ask& ask) const;
  /// The input with its answer; none where the task type finds none in the reply.
  std::optional<nlohmann::ordered_json> row(const Ask& ask, const TeacherReply& reply) const;

 private:
  const SynthTask& task_;
  const SynthOptions& options_;
  std::string answer_key_;
  bool answer_is_text_ = true;
  std::vector<Example> examples_;  // of each input, with another row's answer
};

}  // namespace tuneval
