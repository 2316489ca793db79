#pragma once

#include "framework/data/pack.h"
#include "tuneval/plugin.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tuneval {

/// A row and what its task type makes of it.
struct ReadRow {
  std::string where;           ///< "train.jsonl:3"
  nlohmann::ordered_json row;  ///< as a teacher may see it: without "group" and "notes"
  std::vector<Example> examples;
  std::vector<std::string> kinds;  ///< kind_of each example that has one
};

/// What rows are made for: the task, and the rows that there are.
struct SynthTask {
  Pack pack;
  std::shared_ptr<const TaskType> type;
  std::vector<ReadRow> seeds, test;
  std::string passage_key;  ///< the task type's, or "context" where the seed's rows have that
                            ///< instead
  bool extractive = false;  ///< the seed's answers are words of their passages
};

/// Reads the pack's seed, or else its training rows, at most the first `seed_rows` of them (0:
/// all), and its test rows. Throws DataError at the first fault, PluginError for a task type that
/// no plugin brings.
SynthTask read_synth_task(const Registry& registry, const Pack& pack, int64_t seed_rows);

/// Keys of a row that are the data's own, not the task's: no teacher is shown them or writes them.
nlohmann::ordered_json without_bookkeeping(nlohmann::ordered_json row);

/// kind_of each of the examples that has one.
std::vector<std::string> kinds_of(const TaskType& type, const std::vector<Example>& examples);

}  // namespace tuneval
