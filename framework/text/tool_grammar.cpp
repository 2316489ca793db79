#include "framework/text/tool_grammar.h"

#include "framework/text/conversation.h"
#include "framework/text/wire_parts.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

/// What stands for a schema in the schemas below it: each alone, in an array, by name.
constexpr std::array<const char*, 3> kOne = {"items", "additionalProperties", "additionalItems"};
constexpr std::array<const char*, 4> kMany = {"anyOf", "oneOf", "allOf", "prefixItems"};
constexpr std::array<const char*, 4> kNamed = {"properties", "patternProperties", "$defs",
                                               "definitions"};

template <class Visit>
void each_schema(Json& schema, const Visit& visit) {
  if (!schema.is_object()) return;
  visit(schema);
  for (const char* key : kOne) {
    if (schema.contains(key)) each_schema(schema[key], visit);
  }
  for (const char* key : kMany) {
    if (!schema.contains(key) || !schema[key].is_array()) continue;
    for (Json& one : schema[key]) each_schema(one, visit);
  }
  for (const char* key : kNamed) {
    if (!schema.contains(key) || !schema[key].is_object()) continue;
    for (auto& [name, one] : schema[key].items()) each_schema(one, visit);
  }
}

/// An object that lists its properties gets no others: a model must not be free to invent some.
/// Where schemas are joined (allOf), closing one would shut out what another one lists.
void close_objects(Json& root) {
  bool joined = false;
  each_schema(root, [&](Json& schema) { joined |= schema.contains("allOf"); });
  if (joined) return;
  each_schema(root, [](Json& schema) {
    const bool combined = schema.contains("anyOf") || schema.contains("oneOf") ||
                          schema.contains("$ref") || schema.contains("patternProperties");
    if (schema.contains("properties") && !combined && !schema.contains("additionalProperties")) {
      schema["additionalProperties"] = false;
    }
  });
}

/// `%json …`: unlike JSON at large it has no white space to lose oneself in, and is written as
/// json.dumps does, with or without its spaces.
std::string json_atom(Json schema) {
  if (schema.is_boolean()) {
    schema = schema.get<bool>() ? Json::object() : Json{{"not", Json::object()}};
  }
  close_objects(schema);
  schema["x-guidance"] = {
      {"item_separator", ", ?"}, {"key_separator", ": ?"}, {"whitespace_flexible", false}};
  return "%json " + schema.dump();
}

std::string literal(std::string_view text) { return Json(text).dump(); }

struct Tool {
  std::string name;
  Json parameters;
};

std::vector<Tool> read_tools(std::string_view text) {
  const Json tools = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!tools.is_array() || tools.empty()) throw DataError("expected a JSON array of tools");
  std::vector<Tool> read;
  for (const Json& tool : tools) {
    const Json& function = tool.is_object() && tool.contains("function") ? tool["function"] : tool;
    if (!function.is_object() || !function.contains("name") || !function["name"].is_string()) {
      throw DataError(fmt::format("a tool without a name: {}", tool.dump().substr(0, 100)));
    }
    Json parameters = function.value("parameters", Json::object());
    if (!parameters.is_object()) parameters = Json::object();
    if (!parameters.contains("properties")) parameters["properties"] = Json::object();
    parameters["type"] = "object";
    read.push_back({function["name"], std::move(parameters)});
  }
  return read;
}

/// The rules of one grammar.
class Rules {
 public:
  std::string text() const { return text_; }
  void add(std::string_view name, std::string_view body) {
    text_ += fmt::format("{}: {}\n", name, body);
  }
  /// A new rule; its name.
  std::string add(std::string_view body) {
    std::string name = fmt::format("r{}", count_++);
    add(name, body);
    return name;
  }

 private:
  std::string text_;
  int count_ = 0;
};

/// {"name": "f", "arguments": {…}} of any of the tools.
std::string json_call(Rules& rules, const std::vector<Tool>& tools, std::string_view key) {
  std::string calls;
  for (const Tool& tool : tools) {
    const std::string arguments = rules.add(json_atom(tool.parameters));
    calls += fmt::format(R"({}"{{\"name\":" " "? {} " "? "\"{}\":" " "? {} "}}")",
                         calls.empty() ? "" : " | ", literal(Json(tool.name).dump() + ","), key,
                         arguments);
  }
  return rules.add(calls);
}

/// Whether a value may be `value` by its schema, as far as types, lists of values, choices and
/// references within `root` tell.
bool may_be(const Json& root, const Json& schema, const Json& value, int depth = 0) {
  if (!schema.is_object() || depth > 8) return schema != false;
  if (schema.contains("const")) return schema["const"] == value;
  if (schema.contains("enum")) {
    return std::find(schema["enum"].begin(), schema["enum"].end(), value) != schema["enum"].end();
  }
  for (const char* key : {"anyOf", "oneOf"}) {
    if (!schema.contains(key)) continue;
    return std::any_of(schema[key].begin(), schema[key].end(),
                       [&](const Json& one) { return may_be(root, one, value, depth + 1); });
  }
  if (schema.contains("$ref") && schema["$ref"].is_string()) {
    const std::string& path = schema["$ref"].get_ref<const std::string&>();
    if (!path.starts_with("#/")) return false;
    const Json::json_pointer pointer(path.substr(1));
    return root.contains(pointer) && may_be(root, root[pointer], value, depth + 1);
  }
  if (!schema.contains("type")) return !schema.contains("allOf");
  const std::string type = value.is_null() ? "null" : "boolean";
  const Json& types = schema["type"];
  return types == type ||
         (types.is_array() && std::find(types.begin(), types.end(), type) != types.end());
}

/// A value as Python writes it: True, False and None for JSON's words, which are understood too and
/// are what lists and dictionaries have.
std::string python_value(const Json& parameters, Json schema) {
  std::string words;
  for (const auto& [word, value] : {std::pair<const char*, Json>{R"("True" | )", true},
                                    {R"("False" | )", false},
                                    {R"("None" | )", nullptr}}) {
    if (may_be(parameters, schema, value)) words += word;
  }
  for (const char* definitions : {"$defs", "definitions"}) {
    if (schema.is_object() && parameters.contains(definitions)) {
      schema[definitions] = parameters[definitions];
    }
  }
  return words + json_atom(std::move(schema));
}

bool is_required(const Json& parameters, const std::string& name) {
  const Json required = parameters.value("required", Json::array());
  return std::find(required.begin(), required.end(), name) != required.end();
}

/// `f(x=1, y="a")`: arguments in the schema's order, those that are not required at will. From the
/// last argument to the first: what may follow where none is written yet, and where one is.
std::string python_call(Rules& rules, const Tool& tool) {
  std::string first = R"("")", rest = R"("")";
  const Json& properties = tool.parameters["properties"];
  for (auto property = properties.rbegin(); property != properties.rend(); ++property) {
    const std::string value = rules.add(python_value(tool.parameters, property.value()));
    const std::string argument = rules.add(literal(property.key() + "=") + " " + value);
    const bool required = is_required(tool.parameters, property.key());
    const std::string begun = rules.add(fmt::format("{} {}", argument, rest));
    const std::string followed = rules.add(fmt::format(R"("," " "? {} {})", argument, rest));
    first = required ? begun : rules.add(fmt::format("{} | {}", begun, first));
    rest = required ? followed : rules.add(fmt::format("{} | {}", followed, rest));
  }
  return rules.add(fmt::format(R"_({} {} ")")_", literal(tool.name + "("), first));
}

/// Whether calls of the tool can be written as Python by names and values alone.
bool is_python(const Tool& tool) {
  if (!wire::write_python({tool.name, "{}"})) return false;
  for (const char* key : {"anyOf", "oneOf", "allOf", "$ref", "patternProperties"}) {
    if (tool.parameters.contains(key)) return false;
  }
  for (const auto& [name, schema] : tool.parameters["properties"].items()) {
    const auto written = wire::write_python({"f", Json{{name, 1}}.dump()});
    if (!written || written->find("**") != std::string::npos) return false;
  }
  return true;
}

/// Calls between marks that mostly are Python.
std::string python_calls(Rules& rules, const std::vector<Tool>& tools, std::string_view separator,
                         std::string_view open, std::string_view close) {
  if (!std::all_of(tools.begin(), tools.end(), is_python)) {
    const std::string call = json_call(rules, tools, "arguments");
    return rules.add(fmt::format(R"({0} | "[" {0} ("," " "? {0}){{0,15}} "]")", call));
  }
  std::string calls;
  for (const Tool& tool : tools) {
    calls += (calls.empty() ? "" : " | ") + python_call(rules, tool);
  }
  const std::string call = rules.add(calls);
  return rules.add(fmt::format("{} {} ({} {}){{0,15}} {}", literal(open), call, separator, call,
                               literal(close)));
}

/// A mark as the model's tokens have it: special ones are no text.
std::string mark(const ChatText& text, std::string_view mark) {
  const auto id = text.tokenizer.token_to_id(mark);
  const bool special = id && text.tokenizer.decode({&*id, 1}, /*skip_special_tokens=*/true).empty();
  return special ? std::string(mark) : literal(mark);
}

}  // namespace

std::string schema_lark(std::string_view schema) {
  Json parsed = Json::parse(schema, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object() && !parsed.is_boolean()) throw DataError("expected a JSON object");
  return "answer: " + json_atom(std::move(parsed)) + "\n";
}

std::string tool_lark(const ChatText& text, std::string_view tools_text) {
  const std::vector<Tool> tools = read_tools(tools_text);
  Rules rules;
  switch (text.wire_form) {
    case WireForm::json: {
      const std::string call = json_call(rules, tools, "arguments");
      rules.add("answer", fmt::format(R"({0} | "[" {0} ("," " "? {0}){{0,15}} "]")", call));
      break;
    }
    case WireForm::parameters: {
      const std::string call = json_call(rules, tools, "parameters");
      rules.add("answer", fmt::format(R"({0} (";" " "? {0}){{0,15}})", call));
      break;
    }
    case WireForm::tagged_json: {
      const std::string call = json_call(rules, tools, "arguments");
      const std::string tagged = rules.add(fmt::format(
          R"({} "\n"? {} "\n"? {})", mark(text, "<tool_call>"), call, mark(text, "</tool_call>")));
      rules.add("answer", fmt::format(R"({0} ("\n"? {0}){{0,15}})", tagged));
      break;
    }
    case WireForm::pythonic: {
      const std::string calls = python_calls(rules, tools, R"("," " "?)", "[", "]");
      rules.add("answer", fmt::format("{} {} {}", mark(text, "<|tool_call_start|>"), calls,
                                      mark(text, "<|tool_call_end|>")));
      break;
    }
    case WireForm::fenced: {
      const std::string calls = python_calls(rules, tools, R"("\n")", "", "");
      rules.add("answer", fmt::format(R"("```tool_code\n" {} "\n```")", calls));
      break;
    }
  }
  return rules.text();
}

}  // namespace tuneval
