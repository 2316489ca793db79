#include "framework/serve/fields.h"

#include "framework/record/json_object.h"

#include <fmt/format.h>

#include <utility>

namespace tuneval::serve {

namespace {

/// A value in a message, cut where it is long.
std::string shown(const nlohmann::ordered_json& value) {
  constexpr size_t kMost = 60;
  if (value.is_object()) return "an object";
  if (value.is_array()) return "a list";
  std::string text = json_text(value, -1);
  if (text.size() <= kMost) return text;
  size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

}  // namespace

void Problem::note(std::string param, std::string message) {
  if (error_) return;
  error_ = ApiError{.message = std::move(message), .param = std::move(param)};
}

const Fields::Json* Fields::find(std::string_view key) const {
  const auto found = object_.find(key);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

std::string Fields::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

void Fields::wrong(std::string_view key, std::string_view expected) const {
  const std::string path = path_of(key);
  const Json* const value = find(key);
  problem_.note(path, value
                          ? fmt::format("\"{}\" is {}: expected {}", path, shown(*value), expected)
                          : fmt::format("\"{}\" is missing: expected {}", path, expected));
}

void Fields::refuse(std::string_view key, std::string_view why) const {
  const std::string path = path_of(key);
  problem_.note(path, fmt::format("\"{}\" {}", path, why));
}

std::optional<std::string> Fields::text(std::string_view key) const {
  const Json* const value = find(key);
  if (!value) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  wrong(key, "a string");
  return std::nullopt;
}

std::optional<int64_t> Fields::integer(std::string_view key, int64_t least, int64_t most) const {
  const Json* const value = find(key);
  if (!value) return std::nullopt;
  const bool fits = value->is_number_integer() &&
                    (!value->is_number_unsigned() || value->get<uint64_t>() <= uint64_t(INT64_MAX));
  if (fits && value->get<int64_t>() >= least && value->get<int64_t>() <= most) {
    return value->get<int64_t>();
  }
  wrong(key, fmt::format("an integer from {} to {}", least, most));
  return std::nullopt;
}

std::optional<double> Fields::number(std::string_view key, double least, double most) const {
  const Json* const value = find(key);
  if (!value) return std::nullopt;
  if (value->is_number()) {
    const auto number = value->get<double>();
    if (number >= least && number <= most) return number;
  }
  wrong(key, fmt::format("a number from {} to {}", least, most));
  return std::nullopt;
}

bool Fields::flag(std::string_view key) const {
  const Json* const value = find(key);
  if (!value) return false;
  if (value->is_boolean()) return value->get<bool>();
  wrong(key, "true or false");
  return false;
}

const Fields::Json* Fields::object(std::string_view key) const {
  const Json* const value = find(key);
  if (!value || value->is_object()) return value;
  wrong(key, "an object");
  return nullptr;
}

const Fields::Json* Fields::array(std::string_view key) const {
  const Json* const value = find(key);
  if (!value || value->is_array()) return value;
  wrong(key, "a list");
  return nullptr;
}

}  // namespace tuneval::serve
