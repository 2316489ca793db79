#include "turns.h"

#include "parts/turn.h"
#include "tuneval/metric/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>

using tuneval::Config;
using tuneval::ToolCall;
using Json = nlohmann::ordered_json;

namespace {

/// A call's arguments as the text of an object.
std::string read_arguments(const Config& function) {
  if (function.has("arguments") && function.has("parameters")) {
    function.fail("parameters", "stands beside \"arguments\": expected one of them");
  }
  const std::string_view key = function.has("parameters") ? "parameters" : "arguments";
  if (!function.has(key)) return "{}";
  if (!function.is_text(key)) return function.object(key).json();
  const std::string written = function.text(key);
  if (tuneval::trim(written).empty()) return "{}";
  const auto json = tuneval::compact_json(written);
  if (!json || !json->starts_with('{')) {
    function.fail(key, "is \"" + written + "\": expected an object, or a text that holds one");
  }
  return *json;
}

/// The calls as chat templates know them: arguments are an object there.
std::string write_tool_calls(const std::vector<Config>& entries,
                             const std::vector<ToolCall>& calls) {
  Json all = Json::array();
  for (size_t i = 0; i < calls.size(); ++i) {
    Json entry = Json::object();
    if (entries[i].has("id")) entry["id"] = entries[i].text("id");
    entry["type"] = "function";
    entry["function"] = {{"name", calls[i].name}, {"arguments", Json::parse(calls[i].arguments)}};
    all.push_back(std::move(entry));
  }
  return all.dump();
}

Turn read_turn(const Config& config) {
  Turn turn;
  const std::string role = read_role(config);
  turn.message = {.role = role, .content = read_content(config, role), .tool_calls = {}};
  if (config.has("tool_calls")) {
    const std::vector<Config> entries = config.objects("tool_calls");
    if (!entries.empty() && role != "assistant") {
      config.fail("tool_calls", "stands in a turn of the " + role + ": expected the assistant's");
    }
    for (const Config& entry : entries) turn.calls.push_back(read_call(entry));
    if (!entries.empty()) turn.message.tool_calls = write_tool_calls(entries, turn.calls);
  }
  const bool may_be_empty = !turn.calls.empty() || role == "tool";
  if (!may_be_empty && tuneval::trim(turn.message.content).empty()) {
    config.fail("content", "is empty");
  }
  return turn;
}

/// The roles that may follow a turn; null: the conversation's beginning.
std::vector<std::string_view> next_roles(const Turn* before) {
  if (!before) return {"system", "user"};
  const std::string& role = before->message.role;
  if (role == "system") return {"user"};
  if (role == "user") return {"assistant"};
  if (role == "tool") return {"tool", "assistant", "user"};
  if (before->calls.empty()) return {"user"};
  return {"tool", "user"};
}

void check_order(const Config& config, const std::string& role, const Turn* before) {
  const std::vector<std::string_view> expected = next_roles(before);
  if (std::ranges::find(expected, role) != expected.end()) return;
  std::string after = before ? " after the " + before->message.role + "'s turn" : " at the start";
  if (before && before->message.role == "assistant") {
    after += before->calls.empty() ? " without a call" : " with a call";
  }
  config.fail("role", "is \"" + role + "\"" + after + ": expected " + tuneval::listed(expected));
}

}  // namespace

std::vector<Turn> read_turns(const Config& row, std::string_view key) {
  std::vector<Turn> turns;
  for (const Config& config : row.objects(key)) {
    turns.push_back(read_turn(config));
    const Turn* before = turns.size() > 1 ? &turns[turns.size() - 2] : nullptr;
    check_order(config, turns.back().message.role, before);
  }
  if (turns.empty()) row.fail(key, "is empty: expected the turns of a conversation");
  return turns;
}

bool holds_turns(const std::string& text) {
  if (!tuneval::trim(text).starts_with('[')) return false;
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  const auto is_turn = [](const Json& one) { return one.is_object() && one.contains("role"); };
  return json.is_array() && !json.empty() && std::ranges::all_of(json, is_turn);
}

ToolCall read_call(const Config& call) {
  const Config function = call.has("function") ? call.object("function") : call;
  std::string name = function.text("name");
  if (tuneval::trim(name).empty()) function.fail("name", "is empty");
  return {std::move(name), read_arguments(function)};
}

std::vector<ToolCall> read_answer(const tuneval::Row& row, std::string_view key) {
  if (!row.has(key)) row.fail(key, "is missing");
  const std::string written = row.is_text(key) ? row.text(key) : row.json(key);
  std::optional<std::string> json = tuneval::compact_json(written);
  if (!json) row.fail(key, "is not JSON: expected a call {\"name\", \"arguments\"} or an array");
  if (json->starts_with('{')) json = "[" + *json + "]";
  // The same key again, so that faults below it are told as of this row.
  const std::string wrapped = "{\"" + std::string(key) + "\":" + *json + "}";
  const Config answer = Config::parse(wrapped, row.where(), tuneval::ConfigKind::data);
  std::vector<ToolCall> calls;
  for (const Config& call : answer.objects(key)) calls.push_back(read_call(call));
  return calls;
}

void check_names(const tuneval::Row& row, std::string_view key, const Toolbox& tools,
                 const std::vector<ToolCall>& calls) {
  constexpr size_t kMostShown = 20;
  for (const ToolCall& call : calls) {
    if (tools.knows(call.name)) continue;
    std::vector<std::string_view> names(tools.names.begin(), tools.names.end());
    std::string more;
    if (names.size() > kMostShown) {
      more = " and " + std::to_string(names.size() - kMostShown) + " more";
      names.resize(kMostShown);
    }
    row.fail(key, "calls \"" + call.name + "\", which is no tool here: expected " +
                      tuneval::listed(names) + more);
  }
}
