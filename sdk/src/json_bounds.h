#pragma once

#include "tuneval/task/tool_calls.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

/// What JSON of others may be before it is parsed. Copying, writing and freeing a parsed value goes
/// one call deeper for each level, and an object that keeps the order of its keys is searched whole
/// for each further key: a text of a megabyte could take all of the stack, or minutes.
namespace tuneval::detail {

/// The most keys of one object: of weights a large model's index names some ten thousand.
inline constexpr uint32_t kMostJsonKeys = 50'000;

/// What is wrong with a text in that regard, as in "the JSON …"; empty where nothing is. The text
/// need not be JSON.
inline std::string_view json_fault(std::string_view text) {
  std::vector<uint32_t> colons;  // of each bracket that is open
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') {
      for (++at; at < text.size() && text[at] != '"'; ++at) at += text[at] == '\\' ? 1 : 0;
    } else if (c == '{' || c == '[') {
      if (colons.size() == size_t(kDeepestJson)) return "is nested deeper than 256";
      colons.push_back(0);
    } else if ((c == '}' || c == ']') && !colons.empty()) {
      colons.pop_back();
    } else if (c == ':' && !colons.empty() && ++colons.back() > kMostJsonKeys) {
      return "has an object of more than 50000 keys";
    }
  }
  return {};
}

static_assert(kDeepestJson == 256 && kMostJsonKeys == 50'000, "the texts above say so");

}  // namespace tuneval::detail
