#pragma once

#include "toolbox.h"
#include "tuneval/task/example.h"
#include "tuneval/task/tool_calls.h"

#include <string>
#include <vector>

/// One turn of a conversation, and the calls it makes.
struct Turn {
  tuneval::Message message;
  std::vector<tuneval::ToolCall> calls;
};

/// Reads the array `key` of turns. Roles must follow each other as in a conversation: perhaps a
/// system turn, then the user's, then the assistant's; a call may be followed by its results.
std::vector<Turn> read_turns(const tuneval::Config& row, std::string_view key);

/// Whether `text` is a JSON array of turns.
bool holds_turns(const std::string& text);

/// A call in any of its forms: {"name", "arguments" or "parameters"}, alone or as "function" of a
/// tool call; the arguments an object, a text that holds one, or absent.
tuneval::ToolCall read_call(const tuneval::Config& call);

/// The calls of a row's key: one call or an array of calls, as JSON or as a text that holds it.
std::vector<tuneval::ToolCall> read_answer(const tuneval::Row& row, std::string_view key);

/// Refuses calls of tools that there are not.
void check_names(const tuneval::Row& row, std::string_view key, const Toolbox& tools,
                 const std::vector<tuneval::ToolCall>& calls);
