#include "framework/teacher/api_key.h"

#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace tuneval {
namespace {

constexpr size_t kShortestSecret = 8;

/// The variable in words. What is not written as variables usually are may be the key itself, put
/// in the wrong place.
std::string shown_name(const std::string& name) {
  const auto usual = [](unsigned char c) {
    return std::isupper(c) != 0 || std::isdigit(c) != 0 || c == '_';
  };
  return std::ranges::all_of(name, usual)
             ? fmt::format("the environment variable \"{}\"", name)
             : std::string("the environment variable that \"api_key_env\" names");
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != text.npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// As a JSON text holds it.
std::string escaped(const std::string& key) {
  std::string text;
  for (const char c : key) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text;
}

}  // namespace

ApiKey ApiKey::from_environment(const std::string& name, std::string_view where) {
  ApiKey key;
  if (name.empty()) return key;
  const auto fail = [&](std::string_view what) {
    throw TeacherError(
        fmt::format("{}{}{} {}", where, where.empty() ? "" : ": ", shown_name(name), what));
  };
  const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe)
  if (value == nullptr) fail("is not set: expected the teacher's key in it");
  key.key_ = value;
  if (key.key_.empty()) fail("is empty: expected the teacher's key in it");
  const auto fits = [](unsigned char c) { return c > ' ' && c < 127; };
  if (!std::ranges::all_of(key.key_, fits)) {
    fail("holds a space or another character that no key has (it is not shown)");
  }
  return key;
}

std::string ApiKey::redacted(std::string text) const {
  if (key_.size() < kShortestSecret) return text;
  replace_all(text, key_, "[key]");
  const std::string in_json = escaped(key_);
  if (in_json != key_) replace_all(text, in_json, "[key]");
  return text;
}

}  // namespace tuneval
