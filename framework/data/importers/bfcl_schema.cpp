#include "framework/data/importers/bfcl_schema.h"

#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace tuneval {

using Json = nlohmann::ordered_json;

namespace {

/// The leaderboard's types and JSON Schema's; an empty one allows all values.
constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kTypes = {{
    {"dict", "object"},
    {"object", "object"},
    {"float", "number"},
    {"number", "number"},
    {"double", "number"},
    {"integer", "integer"},
    {"string", "string"},
    {"boolean", "boolean"},
    {"bool", "boolean"},
    {"array", "array"},
    {"list", "array"},
    {"tuple", "array"},
    {"any", ""},
}};

bool is_left_out(const Json& value) { return value.is_string() && value == ""; }

/// The first accepted value that is not the mark of leaving it out; null when there is none.
Json first_value(const Json& values) {
  for (const Json& value : values) {
    if (!is_left_out(value)) return value;
  }
  return {};
}

/// An accepted object lists the accepted values of each of its keys.
Json chosen_object(const Json& accepted) {
  Json object = Json::object();
  for (const auto& [key, values] : accepted.items()) {
    if (!values.is_array()) {
      object[key] = values;
    } else if (!values.empty() && !is_left_out(values.front())) {
      object[key] = values.front();
    }
  }
  return object;
}

Json chosen(const Json& value) {
  if (value.is_object()) return chosen_object(value);
  if (!value.is_array()) return value;
  Json list = Json::array();
  for (const Json& item : value) list.push_back(item.is_object() ? chosen_object(item) : item);
  return list;
}

}  // namespace

Json bfcl_schema(Json schema, const std::string& where) {
  if (!schema.is_object()) {
    throw DataError(fmt::format("{}: a schema is {}: expected an object", where, schema.dump()));
  }
  if (const auto type = schema.find("type"); type != schema.end()) {
    const std::string name = type->is_string() ? type->get<std::string>() : type->dump();
    const auto known = std::ranges::find(kTypes, std::string_view(name),
                                         &std::pair<std::string_view, std::string_view>::first);
    if (known == kTypes.end()) {
      throw DataError(fmt::format("{}: the type \"{}\" of a parameter is not known", where, name));
    }
    if (known->second.empty()) {
      schema.erase("type");
    } else {
      *type = known->second;
    }
  }
  if (const auto properties = schema.find("properties");
      properties != schema.end() && properties->is_object()) {
    for (Json& property : *properties) property = bfcl_schema(std::move(property), where);
  }
  if (const auto items = schema.find("items"); items != schema.end() && items->is_object()) {
    *items = bfcl_schema(std::move(*items), where);
  }
  return schema;
}

Json bfcl_arguments(const Json& accepted, const Json& parameters, const std::string& where) {
  const Json required = parameters.value("required", Json::array());
  Json arguments = Json::object();
  for (const auto& [key, values] : accepted.items()) {
    if (!values.is_array() || values.empty()) {
      throw DataError(
          fmt::format("{}: the accepted values of \"{}\" are {}: expected a list of at "
                      "least one",
                      where, key, values.dump()));
    }
    const bool must = std::ranges::find(required, Json(key)) != required.end();
    if (is_left_out(values.front()) && !must) continue;
    const Json value = must ? first_value(values) : values.front();
    arguments[key] = value.is_null() ? Json("") : chosen(value);
  }
  return arguments;
}

}  // namespace tuneval
