#pragma once

#include <toml++/toml.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// What the source of an override starts with: "--set run.seed=7". It has no line.
inline constexpr std::string_view kOverridePrefix = "--set ";

/// "run.toml:12:3", or the override that a node came from; `otherwise` for a node that nobody
/// wrote.
std::string where_is(const toml::source_region& source, std::string_view otherwise);

/// A value as a message shows it: text in quotes, "a table", "an array", numbers as they are.
std::string shown(const toml::node& value);

/// Reads one table strictly. Every failure is a ManifestError at the value's line and column, as
/// `run.toml:12:10: "epochs" in [tuning] is "four": expected an integer`.
class TomlTable {
 public:
  /// `title` is how messages call the table ("[tuning]"); `where` is used when it has no place of
  /// its own. Throws at the first key that is not among `known`.
  TomlTable(const toml::table& table, std::string title, std::string_view where,
            const std::vector<std::string>& known);

  const std::string& where() const { return where_; }
  bool has(std::string_view key) const { return table_.contains(key); }

  // Each leaves `field` as it is when the key is absent.
  void read(std::string_view key, std::string& field) const;
  void read(std::string_view key, int64_t& field) const;
  void read(std::string_view key, uint64_t& field) const;
  void read(std::string_view key, double& field) const;  ///< an integer will do
  void read(std::string_view key, bool& field) const;
  void read(std::string_view key, std::vector<std::string>& field) const;
  void read(std::string_view key, std::vector<int64_t>& field) const;
  void read(std::string_view key, std::vector<uint64_t>& field) const;
  void read(std::string_view key, std::vector<double>& field) const;  ///< integers will do
  void read(std::string_view key, std::optional<int64_t>& field) const;
  void read(std::string_view key, std::optional<double>& field) const;
  /// A table of any content, as JSON with its keys sorted.
  void read(std::string_view key, nlohmann::ordered_json& field) const;

  std::string required_text(std::string_view key) const;
  /// A table inside this one; null when absent.
  const toml::table* table(std::string_view key) const;
  /// An array of tables, written [[key]]. Absent or empty throws.
  std::vector<const toml::table*> tables(std::string_view key) const;

  // Each throws, at the key's place, where the value is not as asked.
  void check_at_least(std::string_view key, int64_t value, int64_t lowest) const;
  void check_at_least(std::string_view key, const std::optional<int64_t>& value,
                      int64_t lowest) const;
  void check_one_of(std::string_view key, const std::string& value,
                    const std::vector<std::string>& choices) const;

  /// Throws at the key's place: `"key" in [title] ` and the message.
  [[noreturn]] void fail(std::string_view key, std::string_view message) const;

 private:
  /// An array whose items `value_of` takes; it gives none for one that is not as `expected`.
  template <class Value, class ValueOf>
  void read_items(std::string_view key, std::string_view expected, std::vector<Value>& field,
                  ValueOf value_of) const;
  [[noreturn]] void fail_type(std::string_view key, std::string_view expected) const;

  const toml::table& table_;
  std::string title_, where_;
};

}  // namespace tuneval
