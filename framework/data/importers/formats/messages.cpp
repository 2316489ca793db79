#include "framework/data/importers/conversation.h"

namespace tuneval {

namespace {

/// Rows {"messages", "tools"} as OpenAI's fine-tuning takes them: a file, or a folder of two.
ImportedPack read(const std::filesystem::path& source, const ImportOptions& options) {
  ImportedPack pack;
  ConversationRows conversations;
  const bool is_split = read_source(
      source, pack, [&](const Row& row, auto& split) { conversations.take(row, split); });
  conversations.finish(pack);
  if (!is_split) split_rows(pack, options, source);
  pack.description = pack.task_type == "tool_calling" ? "Answer the user with the right tool calls."
                                                      : "Answer the user's last message.";
  pack.origin = source_name(source);
  return pack;
}

}  // namespace

Importer messages_format() {
  return {
      .name = "messages", .read = read, .options = "--description --licence --seed --test-share"};
}

}  // namespace tuneval
