#include "framework/data/importers/conversation.h"

#include "framework/data/importers/turn_tree.h"
#include "tuneval/error.h"
#include "tuneval/metric/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuneval {

using Json = nlohmann::ordered_json;

namespace {

/// Puts a passage before the words of the first user turn.
void add_context(Json& messages, const std::string& context) {
  for (Json& message : messages) {
    if (message["role"] != "user") continue;
    message["content"] = fmt::format("{}\n\n{}", context, message["content"].get<std::string>());
    return;
  }
}

void leave_out(const ImportedRow& row, std::string_view reason, ImportedPack& pack) {
  pack.skipped.push_back({Severity::warning, row.where, fmt::format("left out: {}", reason)});
}

bool is_blank(const Json& message) {
  return trim(message["content"].get_ref<const std::string&>()).empty();
}

}  // namespace

void ConversationRows::take(const Row& row, std::vector<ImportedRow>& split) {
  require_column(row, "messages", "the conversation");
  ImportedRow taken;
  taken.where = row.where();
  Json messages = normal_messages(unpacked(Json::parse(row.json("messages"))), row.where());
  const std::string context = row.text_or("context", "");
  if (!trim(context).empty()) add_context(messages, context);
  for (const Json& message : messages) calls_ = calls_ || has_calls(message);
  taken.row["messages"] = std::move(messages);
  for (const char* key : {"tools", "functions"}) {
    if (!row.has(key)) continue;
    const Json tools = unpacked(Json::parse(row.json(key)));
    if (tools.is_array() && tools.empty()) continue;
    taken.row["tools"] = normal_tools(tools, row.where());
    break;
  }
  split.push_back(std::move(taken));
}

bool ConversationRows::keep_chat(ImportedRow& row, ImportedPack& pack) const {
  const Json& messages = row.row["messages"];
  const Json& last = messages.back();
  if (last["role"] != "assistant") {
    leave_out(row, "the last turn is not the assistant's", pack);
  } else if (messages.size() < 2) {
    leave_out(row, "there is no turn before the assistant's", pack);
  } else if (is_blank(last)) {
    leave_out(row, "the assistant's last turn is empty", pack);
  } else {
    return true;
  }
  return false;
}

bool ConversationRows::keep_calls(ImportedRow& row, ImportedPack& pack) {
  if (tools_.is_null() && !row.row.contains("tools")) {
    leave_out(row, "it has no tools, and other rows call some", pack);
    return false;
  }
  Json& messages = row.row["messages"];
  const auto last = std::find_if(messages.rbegin(), messages.rend(), has_calls);
  if (last == messages.rend()) {
    if (!keep_chat(row, pack)) return false;
    refusals_ = true;
    return true;
  }
  if (last == messages.rend() - 1) {
    leave_out(row, "it begins with the assistant's calls", pack);
    return false;
  }
  if (last != messages.rbegin()) {
    ++shortened_;
    messages.erase(last.base(), messages.end());
  }
  return true;
}

void ConversationRows::finish(std::vector<ImportedRow>& rows, ImportedPack& pack) {
  std::vector<ImportedRow> kept;
  for (ImportedRow& row : rows) {
    if (!(calls_ ? keep_calls(row, pack) : keep_chat(row, pack))) continue;
    row.prompt = conversation_prompt(row.row["messages"], row.row.value("tools", Json()));
    kept.push_back(std::move(row));
  }
  rows = std::move(kept);
}

void ConversationRows::finish(ImportedPack& pack) {
  pack.task_type = calls_ ? "tool_calling" : "chat";
  finish(pack.train, pack);
  finish(pack.test, pack);
  // Each turn with calls is an example: those of a beginning would be there twice. Of a chat only
  // the last turn is.
  if (calls_) drop_beginnings(pack);
  group_conversations(pack);
  if (calls_ && refusals_) pack.options["refusals"] = true;
  if (shortened_ == 0) return;
  pack.notes.push_back(fmt::format(
      "{} conversations go on after their last call: those turns are left out", shortened_));
}

}  // namespace tuneval
