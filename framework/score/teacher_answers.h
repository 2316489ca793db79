#pragma once

#include "framework/data/task_data.h"
#include "framework/score/score_answers.h"
#include "framework/teacher/teacher.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace tuneval {

struct TeacherScoring {
  Shots shots;                            ///< answered examples that go before each prompt
  std::optional<int64_t> max_new_tokens;  ///< in place of the task type's own limit
  std::function<void(int64_t answers, int64_t tokens)> progress;
};

/// The longest answer that a teacher is asked for: its own "max_tokens", which leaves room for
/// reasoning, else the limit that models have. "max_completion_tokens" of the extra fields goes
/// before both.
int64_t teacher_max_tokens(const TeacherOptions& teacher, const TaskType& type,
                           const std::optional<int64_t>& max_new_tokens);

/// Asks a teacher for every test example what models are asked: messages, tools, stop strings, at
/// temperature 0. What it writes as text and what it calls through tools counts alike. A request
/// that got no answer, or one that was cut off before it said anything, is a GivenAnswer with the
/// reason, which is no wrong answer.
///
/// Throws TeacherError for what asking again would mend without paying again for what is there: the
/// spending limit was reached, or the server did not answer some requests in spite of all retries.
/// So it does where no request at all was answered.
std::vector<GivenAnswer> ask_teacher(Teacher& teacher, const TaskData& task,
                                     const TeacherScoring& options);

}  // namespace tuneval
