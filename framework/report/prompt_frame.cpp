#include "framework/report/prompt_frame.h"

#include <algorithm>

namespace tuneval {
namespace {

size_t common_prefix(std::string_view a, std::string_view b) {
  const auto ends = std::ranges::mismatch(a, b);
  return static_cast<size_t>(ends.in1 - a.begin());
}

size_t common_suffix(std::string_view a, std::string_view b) {
  size_t length = 0;
  while (length < std::min(a.size(), b.size()) &&
         a[a.size() - 1 - length] == b[b.size() - 1 - length]) {
    ++length;
  }
  return length;
}

}  // namespace

PromptFrame frame_of(std::span<const PredictionRow> rows) {
  if (rows.size() < 2) return {};
  const std::string_view first = rows[0].prompt;
  size_t before = first.size(), after = first.size(), shortest = first.size();
  for (const PredictionRow& row : rows) {
    before = std::min(before, common_prefix(first, row.prompt));
    after = std::min(after, common_suffix(first, row.prompt));
    shortest = std::min(shortest, row.prompt.size());
  }
  const size_t last_mark = first.substr(0, before).find_last_of("\n>");
  PromptFrame frame;
  frame.before = first.substr(0, last_mark == first.npos ? 0 : last_mark + 1);
  const std::string_view end =
      first.substr(first.size() - std::min(after, shortest - frame.before.size()));
  const size_t first_mark = end.find_first_of("\n<");
  if (first_mark != end.npos) frame.after = end.substr(first_mark);
  return frame;
}

std::string_view own_part(const PromptFrame& frame, std::string_view prompt) {
  prompt.remove_prefix(frame.before.size());
  prompt.remove_suffix(frame.after.size());
  return prompt;
}

}  // namespace tuneval
