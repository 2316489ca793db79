#include "tuneval/config.h"

#include "json_bounds.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <limits>

namespace tuneval {

using Json = nlohmann::ordered_json;

struct Config::Node {
  Json value = Json::object();
  std::string where;
  ConfigKind kind = ConfigKind::config;
};

namespace {

[[noreturn]] void throw_kind(ConfigKind kind, const std::string& message) {
  switch (kind) {
    case ConfigKind::data: throw DataError(message);
    case ConfigKind::manifest: throw ManifestError(message);
    case ConfigKind::config: break;
  }
  throw ConfigError(message);
}

std::string shown(const Json& value) {
  constexpr size_t kLongest = 80;
  std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  return text.size() <= kLongest ? text : text.substr(0, kLongest) + "…";
}

[[noreturn]] void wrong_type(const Config& config, std::string_view key, const Json& value,
                             std::string_view expected) {
  config.fail(key, fmt::format("is {}: expected {}", shown(value), expected));
}

bool fits_int64(const Json& value) {
  if (value.is_number_unsigned()) {
    return value.get<uint64_t>() <= uint64_t(std::numeric_limits<int64_t>::max());
  }
  return value.is_number_integer();
}

}  // namespace

Config::Config() : node_(std::make_shared<Node>()) {}
Config::Config(std::shared_ptr<const Node> node) : node_(std::move(node)) {}

Config Config::parse(std::string_view text, std::string where, ConfigKind kind) {
  auto node = std::make_shared<Node>();
  node->where = std::move(where);
  node->kind = kind;
  if (const std::string_view fault = detail::json_fault(text); !fault.empty()) {
    throw_kind(kind, fmt::format("{}: the JSON {}", node->where, fault));
  }
  try {
    node->value = Json::parse(text);
  } catch (const Json::exception& error) {
    throw_kind(kind, fmt::format("{}: not valid JSON: {}", node->where, error.what()));
  }
  if (!node->value.is_object()) {
    throw_kind(kind, fmt::format("{}: expected a JSON object, found {}", node->where,
                                 node->value.type_name()));
  }
  return Config(std::move(node));
}

const std::string& Config::where() const { return node_->where; }

bool Config::has(std::string_view key) const {
  auto found = node_->value.find(key);
  return found != node_->value.end() && !found->is_null();
}

std::vector<std::string> Config::keys() const {
  std::vector<std::string> keys;
  for (const auto& [key, value] : node_->value.items()) keys.push_back(key);
  return keys;
}

void Config::fail(std::string_view message) const {
  throw_kind(node_->kind, fmt::format("{}: {}", node_->where, message));
}

void Config::fail(std::string_view key, std::string_view message) const {
  throw_kind(node_->kind, fmt::format("{}: \"{}\" {}", node_->where, key, message));
}

namespace {

/// The value of a key that must be there.
template <typename Node>
const Json& value_of(const Config& config, const Node& node, std::string_view key) {
  if (!config.has(key)) config.fail(key, "is missing");
  return *node.value.find(key);
}

}  // namespace

int64_t Config::integer(std::string_view key) const {
  const Json& value = value_of(*this, *node_, key);
  if (!fits_int64(value)) wrong_type(*this, key, value, "an integer");
  return value.get<int64_t>();
}

double Config::number(std::string_view key) const {
  const Json& value = value_of(*this, *node_, key);
  if (!value.is_number()) wrong_type(*this, key, value, "a number");
  return value.get<double>();
}

bool Config::flag(std::string_view key) const {
  const Json& value = value_of(*this, *node_, key);
  if (!value.is_boolean()) wrong_type(*this, key, value, "true or false");
  return value.get<bool>();
}

std::string Config::text(std::string_view key) const {
  const Json& value = value_of(*this, *node_, key);
  if (!value.is_string()) wrong_type(*this, key, value, "a string");
  return value.get<std::string>();
}

int64_t Config::integer_or(std::string_view key, int64_t otherwise) const {
  return has(key) ? integer(key) : otherwise;
}
double Config::number_or(std::string_view key, double otherwise) const {
  return has(key) ? number(key) : otherwise;
}
bool Config::flag_or(std::string_view key, bool otherwise) const {
  return has(key) ? flag(key) : otherwise;
}
std::string Config::text_or(std::string_view key, std::string otherwise) const {
  return has(key) ? text(key) : std::move(otherwise);
}

namespace {

template <typename T, typename Node, typename Accepts>
std::vector<T> array_of(const Config& config, const Node& node, std::string_view key,
                        std::string_view expected, Accepts accepts) {
  const Json& value = value_of(config, node, key);
  if (!value.is_array()) wrong_type(config, key, value, expected);
  std::vector<T> all;
  for (const Json& one : value) {
    if (!accepts(one)) wrong_type(config, key, value, expected);
    all.push_back(one.template get<T>());
  }
  return all;
}

}  // namespace

std::vector<int64_t> Config::integers(std::string_view key) const {
  return array_of<int64_t>(*this, *node_, key, "an array of integers", fits_int64);
}

std::vector<double> Config::numbers(std::string_view key) const {
  return array_of<double>(*this, *node_, key, "an array of numbers",
                          [](const Json& one) { return one.is_number(); });
}

std::vector<std::string> Config::texts(std::string_view key) const {
  return array_of<std::string>(*this, *node_, key, "an array of strings",
                               [](const Json& one) { return one.is_string(); });
}

std::vector<Config> Config::objects(std::string_view key) const {
  const Json& value = value_of(*this, *node_, key);
  if (!value.is_array()) wrong_type(*this, key, value, "an array of objects");
  std::vector<Config> all;
  for (const Json& one : value) {
    if (!one.is_object()) wrong_type(*this, key, value, "an array of objects");
    auto node = std::make_shared<Node>();
    node->value = one;
    node->where = fmt::format("{}: {}[{}]", node_->where, key, all.size());
    node->kind = node_->kind;
    all.push_back(Config(std::move(node)));
  }
  return all;
}

Config Config::object(std::string_view key) const {
  const Json& value = value_of(*this, *node_, key);
  if (!value.is_object()) wrong_type(*this, key, value, "an object");
  auto node = std::make_shared<Node>();
  node->value = value;
  node->where = fmt::format("{}: {}", node_->where, key);
  node->kind = node_->kind;
  return Config(std::move(node));
}

std::optional<Config> Config::object_or_none(std::string_view key) const {
  if (!has(key)) return std::nullopt;
  return object(key);
}

bool Config::is_text(std::string_view key) const {
  return has(key) && node_->value.find(key)->is_string();
}
bool Config::is_object(std::string_view key) const {
  return has(key) && node_->value.find(key)->is_object();
}
bool Config::is_array(std::string_view key) const {
  return has(key) && node_->value.find(key)->is_array();
}
bool Config::is_number(std::string_view key) const {
  return has(key) && node_->value.find(key)->is_number();
}

std::string Config::json(std::string_view key) const { return value_of(*this, *node_, key).dump(); }
std::string Config::json() const { return node_->value.dump(); }

}  // namespace tuneval
