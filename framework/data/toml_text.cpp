#include "framework/data/toml_text.h"

#include "tuneval/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

/// A TOML basic string. JSON's escapes are a subset of TOML's, which alone asks for one of DEL.
std::string quoted(const std::string& text) {
  std::string quoted;
  for (const char c : Json(text).dump()) {
    if (c == '\x7f') {
      quoted += "\\u007f";
    } else {
      quoted += c;
    }
  }
  return quoted;
}

bool is_array_of_tables(const Json& value) {
  return value.is_array() && !value.empty() &&
         std::ranges::all_of(value, [](const Json& one) { return one.is_object(); });
}

}  // namespace

std::string toml_key(const std::string& key) {
  const bool bare = !key.empty() && std::ranges::all_of(key, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
  return bare ? key : quoted(key);
}

std::string toml_value(const Json& value) {
  if (value.is_string()) return quoted(value.get<std::string>());
  std::vector<std::string> parts;
  if (value.is_array()) {
    for (const Json& item : value) parts.push_back(toml_value(item));
    return fmt::format("[{}]", fmt::join(parts, ", "));
  }
  if (value.is_object()) {
    for (const auto& [key, item] : value.items()) {
      parts.push_back(fmt::format("{} = {}", toml_key(key), toml_value(item)));
    }
    return fmt::format("{{{}}}", fmt::join(parts, ", "));
  }
  if (value.is_null()) throw DataError("pack.toml cannot hold null among its options");
  return value.dump();
}

std::string toml_line(const std::string& key, const Json& value) {
  if (!is_array_of_tables(value)) {
    return fmt::format("{} = {}\n", toml_key(key), toml_value(value));
  }
  std::string text = toml_key(key) + " = [\n";
  for (const Json& one : value) text += fmt::format("  {},\n", toml_value(one));
  return text + "]\n";
}

std::string toml_table(const std::string& header, const Json& table) {
  std::string text = fmt::format("[{}]\n", header);
  for (const auto& [key, value] : table.items()) text += toml_line(key, value);
  return text;
}

bool fits_toml(const Json& value) {
  if (value.is_structured()) return std::ranges::all_of(value, fits_toml);
  return !value.is_null();
}

}  // namespace tuneval
