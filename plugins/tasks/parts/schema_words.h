#pragma once

#include <boost/regex.hpp>
#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <string_view>

/// What kind of values a keyword of JSON Schema says something about.
enum class SchemaWord { describe, any_value, object, array, string, number, combine, unknown };

SchemaWord kind_of_word(std::string_view word);

/// What a schema's walk needs beside the schema itself.
struct SchemaParts {
  std::map<std::string, boost::regex> patterns;          ///< by their text
  std::map<std::string, const nlohmann::json*> targets;  ///< of $ref, by its text
};

/// Checks that every word of a schema is known and has a value of the right form. Throws DataError.
/// The result points into `root`.
SchemaParts check_schema(const nlohmann::json& root);

/// "a string", "an object", "null".
std::string with_article(const std::string& type);
