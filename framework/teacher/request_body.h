#pragma once

#include "framework/manifest/teacher_options.h"
#include "framework/teacher/teacher.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>

namespace tuneval {

/// The body of a request as an OpenAI-compatible server expects it. Calls and their results are
/// joined by ids, in order; calls without a result get an empty one, since servers refuse them
/// otherwise, and a result without a call becomes a turn of the user.
nlohmann::ordered_json request_body(const TeacherOptions& options, const TeacherRequest& request);

/// Tokens that a text of so many bytes may have, where nobody counted: one in four bytes.
int64_t guessed_tokens(size_t bytes);

}  // namespace tuneval
