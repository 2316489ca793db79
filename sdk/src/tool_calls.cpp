#include "tuneval/task/tool_calls.h"

#include "tuneval/error.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <numeric>
#include <unordered_map>
#include <utility>

namespace tuneval {
namespace {

/// A JSON value that keeps the order of keys and the digits of numbers. nlohmann's own ordered
/// object takes time quadratic in its keys, and its numbers beyond 64 bits lose digits.
struct Value {
  enum class Kind { word, number, string, array, object };
  Kind kind = Kind::word;
  std::string text;  ///< as written; a string's characters; null, true, false
  std::vector<std::string> keys;
  std::vector<Value> items;  ///< an array's, or one for each key

  const Value* find(std::string_view key) const {
    if (kind != Kind::object) return nullptr;
    const auto found = std::ranges::find(keys, key);
    return found == keys.end() ? nullptr : &items[size_t(found - keys.begin())];
  }
};

/// Of a key written twice only the last value stays, at the place of the first.
void drop_repeated_keys(Value& object) {
  std::unordered_map<std::string_view, size_t> place;
  for (const std::string& key : object.keys) place.emplace(key, place.size());
  if (place.size() == object.keys.size()) return;
  Value kept{Value::Kind::object, {}, std::vector<std::string>(place.size()), {}};
  kept.items.resize(place.size());
  for (size_t i = 0; i < object.keys.size(); ++i) {
    const size_t at = place.at(object.keys[i]);
    kept.items[at] = std::move(object.items[i]);
    kept.keys[at] = object.keys[i];
  }
  object = std::move(kept);
}

/// Builds a Value out of the parser's events; gives up at kDeepestJson.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  Value take() { return std::move(root_); }

  bool null() override { return add({Value::Kind::word, "null", {}, {}}); }
  bool boolean(bool value) override {
    return add({Value::Kind::word, value ? "true" : "false", {}, {}});
  }
  bool number_integer(number_integer_t value) override { return add_number(fmt::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override {
    return add_number(fmt::to_string(value));
  }
  bool number_float(number_float_t, const string_t& written) override {
    return add_number(written);
  }
  bool string(string_t& value) override {
    return add({Value::Kind::string, std::move(value), {}, {}});
  }
  bool binary(binary_t&) override { return false; }
  bool start_object(size_t) override { return open(Value::Kind::object); }
  bool key(string_t& name) override {
    open_.back().keys.push_back(std::move(name));
    return true;
  }
  bool end_object() override {
    drop_repeated_keys(open_.back());
    return close();
  }
  bool start_array(size_t) override { return open(Value::Kind::array); }
  bool end_array() override { return close(); }
  bool parse_error(size_t, const std::string&, const nlohmann::json::exception&) override {
    return false;
  }

 private:
  bool add_number(std::string text) { return add({Value::Kind::number, std::move(text), {}, {}}); }

  bool add(Value value) {
    (open_.empty() ? root_ : open_.back().items.emplace_back()) = std::move(value);
    return true;
  }

  bool open(Value::Kind kind) {
    if (open_.size() >= size_t(kDeepestJson)) return false;
    open_.push_back({kind, {}, {}, {}});
    return true;
  }

  bool close() {
    Value value = std::move(open_.back());
    open_.pop_back();
    return add(std::move(value));
  }

  Value root_;
  std::vector<Value> open_;  ///< the arrays and objects around the next event
};

std::optional<Value> parse(std::string_view text) {
  Builder builder;
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) return std::nullopt;
  return builder.take();
}

bool needs_no_escape(char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; }

void write_string(std::string_view text, std::string& out) {
  if (std::ranges::all_of(text, needs_no_escape)) {
    out += '"';
    out += text;
    out += '"';
    return;
  }
  out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// One text for all numbers that are equal: their double's, but an integer that no double holds
/// exactly keeps its digits.
std::string same_number(const std::string& written) {
  double value = 0;  // stays 0 where the number is too small for a double
  std::from_chars(written.data(), written.data() + written.size(), value);
  if (value == 0) return "0";
  const bool integer = written.find_first_of(".eE") == std::string::npos;
  if (integer && fmt::format("{:.0f}", value) != written) return written;
  return fmt::format("{:a}", value);
}

enum class Form {
  written,  ///< order and numbers as they came
  equal,    ///< one text for all equal values
};

void write(const Value& value, Form form, std::string& out);

void write_items(const Value& value, Form form, std::string& out) {
  const bool object = value.kind == Value::Kind::object;
  std::vector<size_t> order(value.items.size());
  std::iota(order.begin(), order.end(), size_t{0});
  if (object && form == Form::equal) {
    std::ranges::sort(order, {}, [&](size_t i) -> const std::string& { return value.keys[i]; });
  }
  const char* separator = "";
  for (const size_t i : order) {
    out += separator;
    separator = ",";
    if (object) {
      write_string(value.keys[i], out);
      out += ':';
    }
    write(value.items[i], form, out);
  }
}

void write(const Value& value, Form form, std::string& out) {
  switch (value.kind) {
    case Value::Kind::word: out += value.text; break;
    case Value::Kind::number:
      out += form == Form::equal ? same_number(value.text) : value.text;
      break;
    case Value::Kind::string: write_string(value.text, out); break;
    case Value::Kind::array:
      out += '[';
      write_items(value, form, out);
      out += ']';
      break;
    case Value::Kind::object:
      out += '{';
      write_items(value, form, out);
      out += '}';
      break;
  }
}

std::string write(const Value& value, Form form) {
  std::string out;
  write(value, form, out);
  return out;
}

bool is(const Value* value, Value::Kind kind) { return value != nullptr && value->kind == kind; }

/// The schema of a tool's arguments by their names; null when there is none.
const Value* properties_of(const Value& tools, std::string_view name) {
  if (tools.kind != Value::Kind::array) return nullptr;
  for (const Value& tool : tools.items) {
    const Value* function = tool.find("function");
    const Value* called = function == nullptr ? nullptr : function->find("name");
    if (!is(called, Value::Kind::string) || called->text != name) continue;
    const Value* parameters = function->find("parameters");
    return parameters == nullptr ? nullptr : parameters->find("properties");
  }
  return nullptr;
}

}  // namespace

std::optional<std::vector<ToolCall>> read_calls(std::string_view canonical) {
  const std::optional<Value> value = parse(canonical);
  if (!value || value->kind != Value::Kind::array) return std::nullopt;
  std::vector<ToolCall> calls;
  for (const Value& item : value->items) {
    const Value* name = item.find("name");
    const Value* arguments = item.find("arguments");
    if (!is(name, Value::Kind::string) || !is(arguments, Value::Kind::object)) return std::nullopt;
    if (item.items.size() != 2) return std::nullopt;
    calls.push_back({name->text, write(*arguments, Form::written)});
  }
  return calls;
}

std::string write_calls(const std::vector<ToolCall>& calls) {
  std::string out = "[";
  for (const ToolCall& call : calls) {
    const std::optional<Value> arguments = parse(call.arguments);
    if (!arguments || arguments->kind != Value::Kind::object) {
      throw DataError(
          fmt::format("call of \"{}\": its arguments are {:.80}: expected a JSON object", call.name,
                      call.arguments));
    }
    out += out.size() > 1 ? ",{\"name\":" : "{\"name\":";
    write_string(call.name, out);
    out += ",\"arguments\":";
    write(*arguments, Form::written, out);
    out += '}';
  }
  return out + ']';
}

std::optional<std::string> compact_json(std::string_view text) {
  const std::optional<Value> value = parse(text);
  if (!value) return std::nullopt;
  return write(*value, Form::written);
}

bool same_json(std::string_view a, std::string_view b) {
  const std::optional<Value> left = parse(a), right = parse(b);
  return left && right && write(*left, Form::equal) == write(*right, Form::equal);
}

std::string with_defaults(const std::string& arguments, const std::string& tools,
                          const std::string& name) {
  const std::optional<Value> given = parse(arguments), known = parse(tools);
  const Value* properties = known ? properties_of(*known, name) : nullptr;
  if (!given || given->kind != Value::Kind::object || properties == nullptr) return arguments;
  Value kept{Value::Kind::object, {}, {}, {}};
  for (size_t i = 0; i < given->keys.size(); ++i) {
    const Value* schema = properties->find(given->keys[i]);
    const Value* usual = schema == nullptr ? nullptr : schema->find("default");
    if (usual != nullptr && write(*usual, Form::equal) == write(given->items[i], Form::equal)) {
      continue;
    }
    kept.keys.push_back(given->keys[i]);
    kept.items.push_back(given->items[i]);
  }
  return write(kept, Form::written);
}

std::optional<double> nearest_calls(const Example& example, const Prediction& prediction,
                                    const Closeness& closeness) {
  const auto predicted = prediction.parsed ? read_calls(prediction.text) : std::nullopt;
  std::optional<double> nearest;
  for (const std::string& text : example.references) {
    const auto reference = read_calls(text);
    if (!reference) continue;
    nearest = std::max(nearest.value_or(0.0), predicted ? closeness(*reference, *predicted) : 0.0);
  }
  return nearest;
}

}  // namespace tuneval
