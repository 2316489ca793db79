#pragma once

#include "framework/teacher/teacher.h"

#include <string>

namespace tuneval {

/// "asked now: 12, from the cache: 3, retried: 1, tokens: 4000 of prompts, 900 of answers, paid
/// now: 0.0012".
std::string to_line(const TeacherUsage& usage);

}  // namespace tuneval
