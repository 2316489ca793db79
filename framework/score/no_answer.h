#pragma once

#include "framework/teacher/teacher.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace tuneval {

/// Why an example is unscored: "the judge gave no answer: filtered: …". `who`: "the judge".
inline std::string no_answer(std::string_view who, std::string_view why) {
  return fmt::format("{} gave no answer: {}", who, why);
}
inline std::string no_answer(std::string_view who, const TeacherReply& reply) {
  std::string why = to_string(reply.outcome);
  if (!reply.message.empty()) why += ": " + reply.message;
  return no_answer(who, why);
}

}  // namespace tuneval
