#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// JSON for a number; "NaN", "Infinity" or "-Infinity" for one that JSON cannot hold.
nlohmann::ordered_json json_number(double number);

/// Compact JSON text; bytes that are not UTF-8 become U+FFFD. `indent` as nlohmann's.
std::string json_text(const nlohmann::ordered_json& json, int indent);

/// Parses text; what is no JSON object throws RecordError: `where: not JSON: …`.
nlohmann::ordered_json parse_json_object(std::string_view text, std::string_view where);

/// Reads one JSON object strictly. Every failure is a RecordError that names the origin and the
/// key's whole path: `records/a.json: "tune.steps" is "many": expected an integer`.
class JsonObject {
 public:
  JsonObject(const nlohmann::ordered_json& json, std::string_view where, std::string path = {});

  std::string text(std::string_view key);
  int64_t integer(std::string_view key);
  uint64_t unsigned_integer(std::string_view key);
  double number(std::string_view key);
  bool flag(std::string_view key);
  std::vector<std::string> texts(std::string_view key);
  JsonObject object(std::string_view key);
  std::vector<JsonObject> objects(std::string_view key);
  /// The value itself, an object of any content.
  const nlohmann::ordered_json& any_object(std::string_view key);
  /// Whether the key is there and not null; it counts as read.
  bool has(std::string_view key);

  const nlohmann::ordered_json& json() const { return *json_; }
  /// Throws when the object holds a key that nobody asked for.
  void finish() const;
  [[noreturn]] void fail(std::string_view key, std::string_view message) const;

 private:
  const nlohmann::ordered_json& value(std::string_view key);
  [[noreturn]] void fail_type(std::string_view key, std::string_view expected) const;
  std::string path_of(std::string_view key) const;

  const nlohmann::ordered_json* json_;
  std::string where_, path_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace tuneval
