#include "refusal.h"

#include "tuneval/metric/text.h"

#include <algorithm>
#include <array>
#include <optional>

namespace {

/// What stands around calls in one wire form or another: tags, special tokens, fences.
constexpr std::array<std::string_view, 4> kMarks = {"<tool_call>", "</tool_call>", "<|", "```"};

/// The first key of a call as JSON.
constexpr std::array<std::string_view, 3> kFirstKeys = {"\"name\"", "\"function\"", "\"type\""};

/// What follows the reasoning, which a template may have opened in the prompt; the whole where
/// there is none. Null where it never ends.
std::optional<std::string_view> behind_reasoning(std::string_view text) {
  constexpr std::string_view kBegin = "<think>", kEnd = "</think>";
  if (const size_t end = text.find(kEnd); end != text.npos) return text.substr(end + kEnd.size());
  if (text.starts_with(kBegin)) return std::nullopt;
  return text;
}

/// Whether an object somewhere in the text begins with a key of calls.
bool holds_json_call(std::string_view text) {
  for (size_t at = text.find('{'); at != text.npos; at = text.find('{', at + 1)) {
    const size_t key = text.find_first_not_of(" \t\r\n", at + 1);
    if (key == text.npos) return false;
    const auto begins = [&](std::string_view one) { return text.substr(key).starts_with(one); };
    if (std::ranges::any_of(kFirstKeys, begins)) return true;
  }
  return false;
}

}  // namespace

bool is_refusal(std::string_view completion) {
  const auto answer = behind_reasoning(tuneval::trim(completion));
  if (!answer) return false;
  const std::string_view text = tuneval::trim(*answer);
  if (text.starts_with('{') || text.starts_with('[')) return false;
  const auto holds = [&](std::string_view mark) { return text.find(mark) != text.npos; };
  return std::ranges::none_of(kMarks, holds) && !holds_json_call(text);
}
