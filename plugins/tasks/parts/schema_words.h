#pragma once

#include <re2/re2.h>
#include <nlohmann/json.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>

/// What kind of values a keyword of JSON Schema says something about.
enum class SchemaWord { describe, any_value, object, array, string, number, combine, unknown };

SchemaWord kind_of_word(std::string_view word);

/// What a schema's walk needs beside the schema itself.
struct SchemaParts {
  std::map<std::string, std::unique_ptr<const re2::RE2>> patterns;  ///< by their text
  std::map<std::string, const nlohmann::json*> targets;             ///< of $ref, by its text
};

/// Checks that every word of a schema is known and has a value of the right form, and that no
/// schema leads back to itself without a step into the value. Throws DataError. The result points
/// into `root`.
SchemaParts check_schema(const nlohmann::json& root);
