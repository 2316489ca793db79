#pragma once

#include "framework/manifest/teacher_options.h"
#include "framework/teacher/teacher.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace tuneval {

/// The body of a request as an OpenAI-compatible server expects it. Calls and their results are
/// joined by ids, in order; calls without a result get an empty one, since servers refuse them
/// otherwise, and a result without a call becomes a turn of the user.
nlohmann::ordered_json request_body(const TeacherOptions& options, const TeacherRequest& request);

/// "max_completion_tokens" of the extra fields, which then limits answers in place of "max_tokens":
/// servers refuse a request that has both. None where it is not there or no count.
std::optional<int64_t> max_completion_tokens(const TeacherOptions& options);

/// Tokens that a text of so many bytes probably has, where nobody counted: one in four bytes.
int64_t guessed_tokens(size_t bytes);
/// Tokens to be ready for before a text of so many bytes is sent: one in three bytes, since what is
/// not English prose, such as JSON and other scripts, has more of them.
int64_t reserved_tokens(size_t bytes);

}  // namespace tuneval
