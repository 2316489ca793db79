#include "framework/data/importers/conversation.h"
#include "framework/data/importers/turn_tree.h"
#include "tuneval/metric/text.h"

#include <fmt/format.h>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

Json turn(std::string_view role, std::string_view content) {
  return Json{{"role", role}, {"content", content}};
}

/// The turns before the instruction: "history" is a list of pairs.
void add_history(const Row& row, Json& messages) {
  if (!row.has("history")) return;
  for (const Json& pair : Json::parse(row.json("history"))) {
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string() || !pair[1].is_string()) {
      row.fail("history", "is not a list of pairs, each an instruction and its answer");
    }
    messages.push_back(turn("user", pair[0].get<std::string>()));
    messages.push_back(turn("assistant", pair[1].get<std::string>()));
  }
}

ImportedRow read_row(const Row& row) {
  require_column(row, "instruction", "what is asked");
  require_column(row, "output", "the answer");
  std::string request = row.text("instruction");
  const std::string input = row.text_or("input", "");
  if (trim(request).empty()) row.fail("instruction", "is empty");
  if (!trim(input).empty()) request += "\n\n" + input;
  Json messages = Json::array();
  const std::string system = row.text_or("system", "");
  if (!trim(system).empty()) messages.push_back(turn("system", system));
  add_history(row, messages);
  messages.push_back(turn("user", request));
  ImportedRow taken;
  taken.where = row.where();
  messages.push_back(turn("assistant", row.text("output")));
  taken.prompt = conversation_prompt(messages, nullptr);
  taken.row["messages"] = std::move(messages);
  return taken;
}

/// Rows {"instruction", "input", "output"}: a file, or a folder of two.
ImportedPack read(const std::filesystem::path& source, const ImportOptions& options) {
  ImportedPack pack;
  const bool is_split = read_source(source, pack, [&](const Row& row, auto& split) {
    ImportedRow taken = read_row(row);
    if (trim(row.text("output")).empty()) {
      pack.skipped.push_back({Severity::warning, row.where(), "left out: \"output\" is empty"});
    } else {
      split.push_back(std::move(taken));
    }
  });
  group_conversations(pack);
  if (!is_split) split_rows(pack, options, source);
  pack.task_type = "chat";
  pack.description = "Do what the instruction asks.";
  pack.origin = source_name(source);
  return pack;
}

}  // namespace

Importer alpaca_format() {
  return {.name = "alpaca", .read = read, .options = "--description --licence --seed --test-share"};
}

}  // namespace tuneval
