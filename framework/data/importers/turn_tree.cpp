#include "framework/data/importers/turn_tree.h"

#include "framework/data/importers/support.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

std::string tools_of(const ImportedRow& row) { return row.row.value("tools", Json()).dump(); }

/// What a turn says. The ids of calls are left out: the same call may have one here, none there.
std::string turn_key(const Json& message) {
  std::string calls;
  for (const Json& call : message.value("tool_calls", Json::array())) {
    calls += call["function"].dump();
  }
  return joined({message["role"].get_ref<const std::string&>(),
                 message["content"].get_ref<const std::string&>(), calls});
}

}  // namespace

size_t TurnTree::add(const ImportedRow& row) {
  size_t node = 0;
  const auto step = [&](const std::string& key) {
    if (goes_on_[node].empty()) goes_on_[node] = row.where;
    const auto [next, fresh] = nodes_.try_emplace(fmt::format("{} {}", node, key), goes_on_.size());
    if (fresh) goes_on_.emplace_back();
    node = next->second;
  };
  step(tools_of(row));
  for (const Json& message : row.row["messages"]) step(turn_key(message));
  return node;
}

void drop_beginnings(ImportedPack& pack) {
  TurnTree tree;
  std::vector<size_t> ends;
  for (const ImportedRow& row : pack.train) ends.push_back(tree.add(row));
  for (const ImportedRow& row : pack.test) tree.add(row);
  std::vector<ImportedRow> kept;
  for (size_t i = 0; i < ends.size(); ++i) {
    ImportedRow& row = pack.train[i];
    const std::string& longer = tree.goes_on_at(ends[i]);
    if (longer.empty()) {
      kept.push_back(std::move(row));
    } else {
      pack.skipped.push_back(
          {Severity::warning, row.where,
           fmt::format("left out: the conversation at {} begins with it", longer)});
    }
  }
  pack.train = std::move(kept);
}

void group_conversations(ImportedPack& pack) {
  std::unordered_map<std::string, std::vector<ImportedRow*>> alike;
  for (ImportedRow& row : pack.train) {
    const auto is_user = [](const Json& message) { return message["role"] == "user"; };
    const Json& messages = row.row["messages"];
    const auto first = std::ranges::find_if(messages, is_user);
    if (first != messages.end()) alike[tools_of(row) + turn_key(*first)].push_back(&row);
  }
  for (const auto& [key, rows] : alike) {
    if (rows.size() < 2) continue;  // by itself it keeps its number, as rows of other kinds do
    for (ImportedRow* row : rows) row->group = key;
  }
}

}  // namespace tuneval
