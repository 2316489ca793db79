#pragma once

#include "framework/data/importers/support.h"

namespace tuneval {

/// What a conversation's last turn says where no call is right and the source has no words for it.
inline constexpr std::string_view kNoCall = "None of the functions fits the request.";

/// Turns as packs hold them, of turns as OpenAI's and distil labs' files hold them.
///
/// - "role": system, user, assistant or tool; "developer" becomes system, "function" tool.
/// - "content": always a text, empty where it was null or absent; a list of text parts is joined.
/// - "tool_calls": [{"id"?, "type": "function", "function": {"name", "arguments": {…}}}]; the
///   arguments were an object or a JSON string, called "arguments" or "parameters", null or absent.
///   The older "function_call" becomes one call.
/// - "name" and "tool_call_id" of a tool's turn are kept, other keys dropped.
///
/// `turns` is an array. A fault throws DataError beginning with `where`.
nlohmann::ordered_json normal_messages(const nlohmann::ordered_json& turns,
                                       const std::string& where);

/// The same for one call, or for a call of the form {"name", "parameters" or "arguments"}.
nlohmann::ordered_json normal_call(const nlohmann::ordered_json& call, const std::string& where);

/// Functions as [{"type": "function", "function": {"name", "description"?, "parameters"}}], of such
/// an array or of bare functions. Two of one name, or none at all, throw DataError.
nlohmann::ordered_json normal_tools(const nlohmann::ordered_json& tools, const std::string& where);

/// An assistant's turn that makes the calls; with no calls, one that says so.
nlohmann::ordered_json call_turn(const nlohmann::ordered_json& calls);

/// Whether a turn makes calls.
bool has_calls(const nlohmann::ordered_json& message);

/// A JSON value, or the one that a string holds; nothing when the string is not JSON.
nlohmann::ordered_json unpacked(const nlohmann::ordered_json& value);

/// What the answer follows, as a text to compare prompts by: all turns but the last, and the tools.
std::string conversation_prompt(const nlohmann::ordered_json& messages,
                                const nlohmann::ordered_json& tools);

/// Rows of conversations and what they hold, for packs of the types tool_calling and chat.
class ConversationRows {
 public:
  /// `tools`: of the rows without their own; null when there are none.
  explicit ConversationRows(nlohmann::ordered_json tools = nullptr) : tools_(std::move(tools)) {}

  /// Takes a row {"messages", "tools"?, "functions"?, "context"?}, the first three as JSON or as a
  /// text that holds it; its passage goes before the first user turn.
  void take(const Row& row, std::vector<ImportedRow>& split);

  /// After the last row: what cannot be an example is left out and told, the task type is set:
  /// tool_calling where any turn makes a call, else chat. Calls that a longer conversation repeats
  /// are left out of train; conversations that begin alike become one group.
  void finish(ImportedPack& pack);

 private:
  bool keep_chat(ImportedRow& row, ImportedPack& pack) const;
  bool keep_calls(ImportedRow& row, ImportedPack& pack);
  void finish(std::vector<ImportedRow>& rows, ImportedPack& pack);

  nlohmann::ordered_json tools_;
  bool calls_ = false;     // whether any turn makes a call
  bool refusals_ = false;  // whether a row's answer is that no call is right
  size_t shortened_ = 0;   // conversations that went on after their last call
};

}  // namespace tuneval
