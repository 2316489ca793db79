#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace tuneval {

/// A JSON value as TOML writes it. TOML has no null: DataError.
std::string toml_value(const nlohmann::ordered_json& value);

/// `key = value` and a line break; an array of tables stands on a line each.
std::string toml_line(const std::string& key, const nlohmann::ordered_json& value);

/// The header of a table, e.g. [metric_options.field_f1], and its values, a line each.
std::string toml_table(const std::string& header, const nlohmann::ordered_json& table);

/// A key as TOML writes it: quoted where it is more than letters, digits, "_" and "-".
std::string toml_key(const std::string& key);

/// Whether TOML can hold the value: whether there is no null in it.
bool fits_toml(const nlohmann::ordered_json& value);

}  // namespace tuneval
