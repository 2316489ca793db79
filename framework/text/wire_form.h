#pragma once

#include "tuneval/model/chat.h"
#include "tuneval/task/tool_calls.h"

#include <nlohmann/json.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// Tool calls between their canonical text and what models write; docs/tool_calls.md has the forms
/// and the rules. All take time linear in the text.

/// The calls in a completion as canonical text; null where it has none. `first` is tried before the
/// other forms. `tools` (of an Example) names the arguments that are given by position alone.
///
/// Text around calls that have marks of their own (tags, special tokens, fences) is allowed, but
/// every mark must hold calls. Calls without marks must be the whole completion. Reasoning in
/// `<think>` before the answer does not count as text.
std::optional<std::string> read_wire_calls(std::string_view completion, WireForm first,
                                           std::string_view tools);

/// The text of calls in a form; "[]" where there are none.
std::string write_wire_calls(WireForm form, const std::vector<ToolCall>& calls);

/// What the prompt of a model whose template shows no tools says of them.
std::string write_tools(WireForm form, const nlohmann::ordered_json& tools);

/// A call's result as text of a user's turn, for templates that know no turns of tools.
std::string write_tool_result(WireForm form, std::string_view result);

/// Tokens that mark calls. Where they are special, decoding must not leave them out.
inline constexpr std::array<std::string_view, 5> kCallMarks = {
    "<tool_call>", "</tool_call>", "<|python_tag|>", "<|tool_call_start|>", "<|tool_call_end|>"};

}  // namespace tuneval
