#pragma once

#include "task_test.h"

namespace tuneval {

inline const TaskMaker& make_tool_calling() {
  static const TaskMaker make("tool_calling");
  return make;
}

/// Two tools, in both forms that a pack may write them in.
inline constexpr auto kTools = R"([{"type": "function", "function": {"name": "look", "parameters": {
    "type": "object", "required": ["thing"], "additionalProperties": false, "properties": {
      "thing": {"type": "string"}, "deep": {"type": "boolean", "default": false}}}}},
  {"name": "stop", "description": "Ends it."}])";

/// A pack's options with these tools.
inline std::string options(const std::string& more = "") {
  return "{\"tools\": " + std::string(kTools) + more + "}";
}
inline std::string refusals() { return options(R"(, "refusals": true)"); }

/// A row of turns.
inline std::string messages(const std::string& turns) { return "{\"messages\": [" + turns + "]}"; }

inline const std::string kUser = R"({"role": "user", "content": "Find tea."})";
inline const std::string kStop =
    R"({"role": "assistant", "tool_calls": [{"function": {"name": "stop"}}]})";

}  // namespace tuneval
