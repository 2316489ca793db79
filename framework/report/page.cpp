#include "framework/report/page.h"

#include "framework/report/packed.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuneval {
namespace {

/// Whether text[0] is the @ of a @NAME@; gives the name.
std::string_view name_at(std::string_view text) {
  const size_t end = text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_", 1);
  if (end == text.npos || end == 1 || text[end] != '@') return {};
  return text.substr(1, end - 1);
}

std::string policy(const PageParts& parts) {
  return fmt::format(
      "default-src 'none'; script-src '{}' '{}'; style-src '{}'; base-uri 'none'; form-action "
      "'none'",
      policy_hash(parts.charts), policy_hash(parts.program), policy_hash(parts.style));
}

}  // namespace

std::string filled_in(std::string_view text,
                      std::span<const std::pair<std::string_view, std::string_view>> values) {
  std::string filled;
  for (size_t at; (at = text.find('@')) != text.npos;) {
    filled += text.substr(0, at);
    text.remove_prefix(at);
    const std::string_view name = name_at(text);
    if (name.empty()) {
      filled += '@';
      text.remove_prefix(1);
      continue;
    }
    const auto value =
        std::ranges::find(values, name, &std::pair<std::string_view, std::string_view>::first);
    if (value == values.end()) {
      throw RecordError(fmt::format("the report's page asks for @{}@, which nobody knows", name));
    }
    filled += value->second;
    text.remove_prefix(name.size() + 2);
  }
  return filled += text;
}

std::string make_page(std::string_view data, std::string_view examples) {
  const PageParts& parts = page_parts();
  const std::string allowed = policy(parts);
  const std::pair<std::string_view, std::string_view> values[] = {
      {"POLICY", allowed},
      {"STYLE", parts.style},
      {"CHARTS", parts.charts},
      {"PROGRAM", parts.program},
      {"DATA", data},
      {"EXAMPLES", examples},
      {"CHARTS_NAME", parts.charts_name}};
  return filled_in(parts.page, values);
}

}  // namespace tuneval
