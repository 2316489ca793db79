#include "framework/record/json_object.h"

#include "sdk/src/json_bounds.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace tuneval {

using Json = nlohmann::ordered_json;

Json json_number(double number) {
  if (std::isfinite(number)) return number;
  if (std::isnan(number)) return "NaN";
  return number > 0 ? "Infinity" : "-Infinity";
}

std::string json_text(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Json parse_json_object(std::string_view text, std::string_view where) {
  if (const std::string_view fault = detail::json_fault(text); !fault.empty()) {
    throw RecordError(fmt::format("{}: the JSON {}", where, fault));
  }
  try {
    Json json = Json::parse(text);
    if (json.is_object()) return json;
  } catch (const Json::parse_error& error) {
    throw RecordError(fmt::format(
        "{}: not JSON: {} at byte {}", where,
        text.empty() ? "the file is empty" : "it breaks off or is garbled", error.byte));
  } catch (const Json::out_of_range&) {
    throw RecordError(fmt::format("{}: not JSON: it holds a number that is none", where));
  }
  throw RecordError(fmt::format("{}: expected a JSON object", where));
}

JsonObject::JsonObject(const Json& json, std::string_view where, std::string path)
    : json_(&json), where_(where), path_(std::move(path)) {
  if (!json.is_object()) {
    throw RecordError(
        fmt::format("{}: \"{}\" is {}: expected an object", where_, path_, json_text(json, -1)));
  }
}

std::string JsonObject::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

void JsonObject::fail(std::string_view key, std::string_view message) const {
  throw RecordError(fmt::format("{}: \"{}\" {}", where_, path_of(key), message));
}

void JsonObject::fail_type(std::string_view key, std::string_view expected) const {
  fail(key, fmt::format("is {}: expected {}", json_text(*json_->find(key), -1), expected));
}

const Json& JsonObject::value(std::string_view key) {
  asked_.emplace(key);
  const auto found = json_->find(key);
  if (found == json_->end()) fail(key, "is missing");
  return *found;
}

bool JsonObject::has(std::string_view key) {
  asked_.emplace(key);
  const auto found = json_->find(key);
  return found != json_->end() && !found->is_null();
}

std::string JsonObject::text(std::string_view key) {
  const Json& found = value(key);
  if (!found.is_string()) fail_type(key, "a text");
  return found.get<std::string>();
}

int64_t JsonObject::integer(std::string_view key) {
  const Json& found = value(key);
  const bool fits = !found.is_number_unsigned() ||
                    found.get<uint64_t>() <= uint64_t{std::numeric_limits<int64_t>::max()};
  if (!found.is_number_integer() || !fits) fail_type(key, "an integer");
  return found.get<int64_t>();
}

uint64_t JsonObject::unsigned_integer(std::string_view key) {
  const Json& found = value(key);
  const bool fits = found.is_number_unsigned() || (found.is_number_integer() && found >= 0);
  if (!fits) fail_type(key, "an integer from 0 on");
  return found.get<uint64_t>();
}

double JsonObject::number(std::string_view key) {
  const Json& found = value(key);
  if (found.is_number()) return found.get<double>();
  if (found == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (found == "Infinity") return std::numeric_limits<double>::infinity();
  if (found == "-Infinity") return -std::numeric_limits<double>::infinity();
  fail_type(key, "a number");
}

bool JsonObject::flag(std::string_view key) {
  const Json& found = value(key);
  if (!found.is_boolean()) fail_type(key, "true or false");
  return found.get<bool>();
}

std::vector<std::string> JsonObject::texts(std::string_view key) {
  const Json& found = value(key);
  const auto is_text = [](const Json& item) { return item.is_string(); };
  if (!found.is_array() || !std::ranges::all_of(found, is_text))
    fail_type(key, "an array of texts");
  return found.get<std::vector<std::string>>();
}

JsonObject JsonObject::object(std::string_view key) {
  return JsonObject(value(key), where_, path_of(key));
}

std::vector<JsonObject> JsonObject::objects(std::string_view key) {
  const Json& found = value(key);
  if (!found.is_array()) fail_type(key, "an array");
  std::vector<JsonObject> objects;
  for (size_t i = 0; i < found.size(); ++i) {
    objects.emplace_back(found[i], where_, fmt::format("{}[{}]", path_of(key), i));
  }
  return objects;
}

const Json& JsonObject::any_object(std::string_view key) {
  const Json& found = value(key);
  if (!found.is_object()) fail_type(key, "an object");
  return found;
}

void JsonObject::finish() const {
  for (const auto& item : json_->items()) {
    if (!asked_.contains(item.key())) fail(item.key(), "is unknown");
  }
}

}  // namespace tuneval
