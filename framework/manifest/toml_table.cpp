#include "framework/manifest/toml_table.h"

#include "framework/manifest/nearest.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace tuneval {

std::string where_is(const toml::source_region& source, std::string_view otherwise) {
  if (!source.path) return std::string(otherwise);
  if (source.path->starts_with(kOverridePrefix)) return *source.path;
  return fmt::format("{}:{}:{}", *source.path, source.begin.line, source.begin.column);
}

std::string shown(const toml::node& value) {
  if (const auto* text = value.as_string()) return fmt::format("\"{}\"", text->get());
  if (const auto* number = value.as_integer()) return fmt::format("{}", number->get());
  if (const auto* number = value.as_floating_point()) return fmt::format("{}", number->get());
  if (const auto* flag = value.as_boolean()) return flag->get() ? "true" : "false";
  if (value.is_table()) return "a table";
  if (value.is_array()) return value.is_array_of_tables() ? "an array of tables" : "an array";
  return value.is_time() ? "a time" : "a date";
}

namespace {

/// The place of the key itself, which for `[tuning]\nrank = 4` is not the place of its value.
std::string where_is_key(const toml::table& table, std::string_view name,
                         std::string_view table_at) {
  for (const auto& [key, value] : table) {
    if (key.str() != name) continue;
    return where_is(key.source().path ? key.source() : value.source(), table_at);
  }
  return std::string(table_at);
}

nlohmann::ordered_json json_of(const toml::node& value, std::string_view otherwise);

/// Keys in the order of the file: toml++ keeps them in that of the alphabet, but a model is shown
/// schemas as they were written.
nlohmann::ordered_json json_of_table(const toml::table& table, std::string_view otherwise) {
  std::vector<std::pair<const toml::key*, const toml::node*>> entries;
  for (const auto& [key, item] : table) entries.emplace_back(&key, &item);
  std::ranges::stable_sort(entries, {}, [](const auto& entry) {
    const toml::source_position& begin = entry.first->source().begin;
    return std::pair(begin.line, begin.column);
  });
  auto json = nlohmann::ordered_json::object();
  for (const auto& [key, item] : entries) json[std::string(key->str())] = json_of(*item, otherwise);
  return json;
}

nlohmann::ordered_json json_of(const toml::node& value, std::string_view otherwise) {
  if (const auto* text = value.as_string()) return text->get();
  if (const auto* number = value.as_integer()) return number->get();
  if (const auto* flag = value.as_boolean()) return flag->get();
  const auto* number = value.as_floating_point();
  if (number && std::isfinite(number->get())) return number->get();
  if (const auto* array = value.as_array()) {
    auto json = nlohmann::ordered_json::array();
    for (const toml::node& item : *array) json.push_back(json_of(item, otherwise));
    return json;
  }
  if (const auto* table = value.as_table()) {
    return json_of_table(*table, otherwise);
  }
  throw ManifestError(
      fmt::format("{}: {} is not allowed among options: expected text, a finite "
                  "number, true, false, an array or a table",
                  where_is(value.source(), otherwise), shown(value)));
}

}  // namespace

TomlTable::TomlTable(const toml::table& table, std::string title, std::string_view where,
                     const std::vector<std::string>& known)
    : table_(table), title_(std::move(title)), where_(where_is(table.source(), where)) {
  // The first in the file, not the first in the alphabet.
  std::vector<const toml::key*> unknown;
  for (const auto& [key, value] : table) {
    if (std::ranges::find(known, key.str()) == known.end()) unknown.push_back(&key);
  }
  if (unknown.empty()) return;
  const auto place = [](const toml::key* key) {
    return std::pair(key->source().begin.line, key->source().begin.column);
  };
  const std::string_view name = (*std::ranges::min_element(unknown, {}, place))->str();
  throw ManifestError(fmt::format("{}: unknown key \"{}\" in {}: {}",
                                  where_is_key(table, name, where_), name, title_,
                                  suggestion(name, known)));
}

void TomlTable::fail(std::string_view key, std::string_view message) const {
  const toml::node* value = table_.get(key);
  throw ManifestError(fmt::format("{}: \"{}\" in {} {}",
                                  value ? where_is(value->source(), where_) : where_, key, title_,
                                  message));
}

void TomlTable::fail_type(std::string_view key, std::string_view expected) const {
  fail(key, fmt::format("is {}: expected {}", shown(*table_.get(key)), expected));
}

void TomlTable::read(std::string_view key, std::string& field) const {
  if (!has(key)) return;
  const auto* text = table_.get(key)->as_string();
  if (!text) fail_type(key, "a text");
  field = text->get();
}

void TomlTable::read(std::string_view key, int64_t& field) const {
  if (!has(key)) return;
  const auto* number = table_.get(key)->as_integer();
  if (!number) fail_type(key, "an integer");
  field = number->get();
}

void TomlTable::read(std::string_view key, uint64_t& field) const {
  if (!has(key)) return;
  const auto* number = table_.get(key)->as_integer();
  if (!number || number->get() < 0) fail_type(key, "an integer from 0 on");
  field = static_cast<uint64_t>(number->get());
}

void TomlTable::read(std::string_view key, double& field) const {
  if (!has(key)) return;
  const std::optional<double> number = table_.get(key)->value<double>();
  if (!table_.get(key)->is_number() || !number) fail_type(key, "a number");
  field = *number;
}

void TomlTable::read(std::string_view key, bool& field) const {
  if (!has(key)) return;
  const auto* flag = table_.get(key)->as_boolean();
  if (!flag) fail_type(key, "true or false");
  field = flag->get();
}

template <class Value, class ValueOf>
void TomlTable::read_items(std::string_view key, std::string_view expected,
                           std::vector<Value>& field, ValueOf value_of) const {
  if (!has(key)) return;
  const auto* array = table_.get(key)->as_array();
  if (!array) fail_type(key, fmt::format("an array of {}", expected));
  std::vector<Value> values;
  for (const toml::node& item : *array) {
    std::optional<Value> value = value_of(item);
    if (!value) {
      throw ManifestError(fmt::format("{}: \"{}\" in {} holds {}: expected {}",
                                      where_is(item.source(), where_), key, title_, shown(item),
                                      expected));
    }
    values.push_back(std::move(*value));
  }
  field = std::move(values);
}

void TomlTable::read(std::string_view key, std::vector<std::string>& field) const {
  read_items(key, "texts", field, [](const toml::node& item) -> std::optional<std::string> {
    const auto* text = item.as_string();
    return text ? std::optional(text->get()) : std::nullopt;
  });
}

void TomlTable::read(std::string_view key, std::vector<int64_t>& field) const {
  read_items(key, "integers", field, [](const toml::node& item) -> std::optional<int64_t> {
    const auto* number = item.as_integer();
    return number ? std::optional(number->get()) : std::nullopt;
  });
}

void TomlTable::read(std::string_view key, std::vector<uint64_t>& field) const {
  read_items(key, "integers from 0 on", field, [](const toml::node& item) {
    const auto* number = item.as_integer();
    return number && number->get() >= 0 ? std::optional(static_cast<uint64_t>(number->get()))
                                        : std::nullopt;
  });
}

void TomlTable::read(std::string_view key, std::vector<double>& field) const {
  read_items(key, "numbers", field, [](const toml::node& item) {
    return item.is_number() ? item.value<double>() : std::nullopt;
  });
}

void TomlTable::read(std::string_view key, std::optional<int64_t>& field) const {
  if (!has(key)) return;
  int64_t number = 0;
  read(key, number);
  field = number;
}

void TomlTable::read(std::string_view key, std::optional<double>& field) const {
  if (!has(key)) return;
  double number = 0.0;
  read(key, number);
  field = number;
}

void TomlTable::read(std::string_view key, nlohmann::ordered_json& field) const {
  if (!has(key)) return;
  if (!table_.get(key)->is_table()) fail_type(key, "a table");
  field = json_of(*table_.get(key), where_);
}

void TomlTable::check_at_least(std::string_view key, int64_t value, int64_t lowest) const {
  if (value < lowest) fail(key, fmt::format("is {}: expected at least {}", value, lowest));
}

void TomlTable::check_at_least(std::string_view key, const std::optional<int64_t>& value,
                               int64_t lowest) const {
  if (value) check_at_least(key, *value, lowest);
}

void TomlTable::check_one_of(std::string_view key, const std::string& value,
                             const std::vector<std::string>& choices) const {
  if (std::ranges::find(choices, value) != choices.end()) return;
  fail(key, fmt::format("is \"{}\": expected \"{}\"", value, fmt::join(choices, "\" or \"")));
}

std::string TomlTable::required_text(std::string_view key) const {
  if (!has(key)) throw ManifestError(fmt::format("{}: {} has no \"{}\"", where_, title_, key));
  std::string text;
  read(key, text);
  if (text.empty()) fail(key, "is empty");
  return text;
}

const toml::table* TomlTable::table(std::string_view key) const {
  if (!has(key)) return nullptr;
  const auto* table = table_.get(key)->as_table();
  if (!table) fail_type(key, fmt::format("a table, written [{}]", key));
  return table;
}

std::vector<const toml::table*> TomlTable::tables(std::string_view key) const {
  const std::string expected = fmt::format("tables, each written [[{}]]", key);
  if (!has(key)) throw ManifestError(fmt::format("{}: {} has no [[{}]]", where_, title_, key));
  const auto* array = table_.get(key)->as_array();
  if (!array) fail_type(key, expected);
  if (array->empty()) fail(key, fmt::format("is empty: expected {}", expected));
  std::vector<const toml::table*> tables;
  for (const toml::node& item : *array) {
    if (!item.is_table()) {
      throw ManifestError(fmt::format("{}: \"{}\" holds {}: expected {}",
                                      where_is(item.source(), where_), key, shown(item), expected));
    }
    tables.push_back(item.as_table());
  }
  return tables;
}

}  // namespace tuneval
