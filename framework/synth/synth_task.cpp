#include "framework/synth/synth_task.h"

#include "framework/data/check_rules.h"
#include "framework/data/rows.h"
#include "framework/data/task_data.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuneval {

namespace {

std::vector<ReadRow> read_split(const TaskType& type, const std::filesystem::path& file,
                                int64_t limit) {
  std::vector<ReadRow> rows;
  for (const Row& row : read_rows(file, limit)) {
    ReadRow& read = rows.emplace_back();
    // Without the folder: where it lies decides nothing.
    read.where = std::filesystem::path(row.where()).filename().string();
    read.row = without_bookkeeping(nlohmann::ordered_json::parse(row.json()));
    read.examples = type.read_all(row);
    read.kinds = kinds_of(type, read.examples);
  }
  if (rows.empty()) throw DataError(fmt::format("{}: holds no rows", file.string()));
  return rows;
}

bool takes_answers_from_passages(const std::vector<ReadRow>& rows) {
  size_t looked_at = 0, found = 0;
  for (const ReadRow& row : rows) {
    for (const Example& example : row.examples) {
      const std::optional<bool> in_passage = is_in_passage(example);
      looked_at += in_passage.has_value();
      found += in_passage.value_or(false);
    }
  }
  return looked_at > 0 && double(found) >= kExtractive * double(looked_at);
}

std::string passage_key_of(const TaskType& type, const std::vector<ReadRow>& seeds) {
  const std::string key = type.passage_key();
  const auto has = [&](const std::string& one) {
    return std::ranges::any_of(seeds, [&](const ReadRow& seed) { return seed.row.contains(one); });
  };
  return has(key) || !has("context") ? key : "context";
}

}  // namespace

nlohmann::ordered_json without_bookkeeping(nlohmann::ordered_json row) {
  row.erase("group");
  row.erase("notes");
  return row;
}

std::vector<std::string> kinds_of(const TaskType& type, const std::vector<Example>& examples) {
  std::vector<std::string> kinds;
  for (const Example& example : examples) {
    std::string kind = type.kind_of(example);
    if (!kind.empty()) kinds.push_back(std::move(kind));
  }
  return kinds;
}

SynthTask read_synth_task(const Registry& registry, const Pack& pack, int64_t seed_rows) {
  SynthTask task;
  task.pack = pack;
  task.type = make_task_type(registry, pack, pack.options);
  task.seeds = read_split(*task.type, pack.seed.value_or(pack.train), seed_rows);
  task.test = read_split(*task.type, pack.test, 0);
  task.passage_key = passage_key_of(*task.type, task.seeds);
  task.extractive = takes_answers_from_passages(task.seeds);
  return task;
}

}  // namespace tuneval
