#pragma once

#include "framework/text/conversation.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tuneval::cli {

/// A conversation as it was written: messages, and the tools that the model may call.
struct Chat {
  std::string where;  ///< "chat.json", or "chat.jsonl:1"
  nlohmann::ordered_json messages;
  nlohmann::ordered_json tools;  ///< null where there are none
  /// What a reader should know: an answer at the end that was left out, say.
  std::vector<std::string> notes;
};

/// Reads a JSON list of messages, an object of "messages" and perhaps "tools", or the first line of
/// JSON Lines; "-" is standard input. Every message has a "role" (system, user, assistant or tool)
/// and a "content" or "tool_calls". Throws DataError naming file, key and what was expected.
Chat read_chat(const std::string& file);

/// The ids that the model goes on from: its template over all that the messages hold. What the
/// template does not show is written as text, and noted.
std::vector<int64_t> chat_ids(const ChatText& text, Chat& chat);

/// The answer as text; where there are tools, with the marks of calls.
std::string chat_answer(const ChatText& text, const Chat& chat, std::span<const int64_t> ids);

}  // namespace tuneval::cli
