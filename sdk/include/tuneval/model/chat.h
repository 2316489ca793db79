#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tuneval {

/// How a model writes tool calls.
enum class WireForm {
  json,         ///< {"name": …, "arguments": {…}}, an array of them where they are several
  tagged_json,  ///< <tool_call>{"name": …, "arguments": {…}}</tool_call>, one after the other
  parameters,   ///< {"name": …, "parameters": {…}}, perhaps behind <|python_tag|>
  pythonic,     ///< <|tool_call_start|>[name(key=value)]<|tool_call_end|>
  fenced,       ///< ```tool_code or ```json … ```: calls as Python or as JSON
};

/// What a family's models take for granted in conversations.
struct ChatDefaults {
  /// Variables that its chat templates get unless the manifest sets them: name and JSON text, e.g.
  /// {"enable_thinking", "false"}.
  std::vector<std::pair<std::string, std::string>> variables;
  /// The form of its tool calls. It is written where the template shows no calls by itself, and
  /// tried first where calls are read; the other forms are understood too.
  WireForm wire_form = WireForm::json;
};

}  // namespace tuneval
