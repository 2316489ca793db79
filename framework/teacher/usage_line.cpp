#include "framework/teacher/usage_line.h"

#include <fmt/format.h>

namespace tuneval {

std::string to_line(const TeacherUsage& usage) {
  return fmt::format(
      "asked now: {}, from the cache: {}, retried: {}, tokens: {} of prompts, {} of answers, paid "
      "now: {:.4f}",
      usage.asked, usage.cached, usage.retried, usage.prompt_tokens, usage.answer_tokens,
      usage.cost);
}

}  // namespace tuneval
