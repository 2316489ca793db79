#pragma once

#include "tuneval/abi.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// Which error a Config throws: after who can mend the text it came from.
enum class ConfigKind { config, data, manifest };

/// An immutable view of a JSON object: a model's config.json, a row of a data file, a table of
/// options.
///
/// Every read names the key and where the object came from when it fails:
/// `qwen3/config.json: "hidden_size" is "wide": expected an integer`.
/// A key that holds null counts as absent. Cheap to copy.
class TUNEVAL_API Config {
 public:
  /// An empty object from nowhere.
  Config();
  /// Parses `text`, a JSON object. `where` names its origin (a file, or file:line).
  static Config parse(std::string_view text, std::string where,
                      ConfigKind kind = ConfigKind::config);

  /// Where the object came from, e.g. "qwen3/config.json" or "train.jsonl:17".
  const std::string& where() const;
  bool has(std::string_view key) const;
  std::vector<std::string> keys() const;

  int64_t integer(std::string_view key) const;
  double number(std::string_view key) const;
  bool flag(std::string_view key) const;
  std::string text(std::string_view key) const;
  int64_t integer_or(std::string_view key, int64_t otherwise) const;
  double number_or(std::string_view key, double otherwise) const;
  bool flag_or(std::string_view key, bool otherwise) const;
  std::string text_or(std::string_view key, std::string otherwise) const;

  /// Arrays. An absent key throws.
  std::vector<int64_t> integers(std::string_view key) const;
  std::vector<double> numbers(std::string_view key) const;
  std::vector<std::string> texts(std::string_view key) const;
  /// An array of objects; `where` of each grows by the key and the index.
  std::vector<Config> objects(std::string_view key) const;
  /// A nested object.
  Config object(std::string_view key) const;
  std::optional<Config> object_or_none(std::string_view key) const;

  /// Whether the value of `key` is a string (an object, an array, a number).
  bool is_text(std::string_view key) const;
  bool is_object(std::string_view key) const;
  bool is_array(std::string_view key) const;
  bool is_number(std::string_view key) const;

  /// The value of `key`, or the whole object, as JSON text in the order it was written.
  std::string json(std::string_view key) const;
  std::string json() const;

  /// Throws the error of this object's kind: `where: message`.
  [[noreturn]] void fail(std::string_view message) const;
  /// The same, about one key: `where: "key" message`.
  [[noreturn]] void fail(std::string_view key, std::string_view message) const;

 private:
  struct Node;
  explicit Config(std::shared_ptr<const Node> node);
  std::shared_ptr<const Node> node_;
};

}  // namespace tuneval
