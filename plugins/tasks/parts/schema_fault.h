#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <vector>

/// One step into a JSON value: a key, or an index where that is null.
struct PathStep {
  const std::string* key = nullptr;
  size_t index = 0;
};

/// What of a schema does not hold, and where in the value. It points into both.
struct SchemaFault {
  enum class Kind {
    none,
    word,         ///< the keyword `word` does not hold
    missing,      ///< a key that is required is not there; the path ends with it
    not_allowed,  ///< there is a value where the schema has none
    too_deep,     ///< schemas inside each other, along the value, were given up
  };
  Kind kind = Kind::none;
  std::string word = {};
  const nlohmann::json* what = nullptr;    ///< the keyword's value
  const nlohmann::json* schema = nullptr;  ///< the schema that the keyword stands in
  const nlohmann::json* value = nullptr;
  std::vector<PathStep> path = {};
};

/// E.g. `"items[2].name" is 7: expected a string`.
std::string fault_text(const SchemaFault& fault);

/// The beginning of a value's JSON text, in a time that does not depend on the value's size.
std::string shown(const nlohmann::json& value);
