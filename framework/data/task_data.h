#pragma once

#include "framework/data/pack.h"
#include "tuneval/plugin.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tuneval {

/// A task's data, read and checked: what scoring and tuning work on.
struct TaskData {
  Pack pack;  ///< its options are those that were read with
  std::shared_ptr<const TaskType> type;
  std::vector<std::string> metrics;  ///< the pack's, else the task type's; the first is the
                                     ///< headline
  std::vector<Example> train, test;
  std::string hash;  ///< SHA-256, in hex, of all that decides the examples
};

/// Reads both splits of a pack. `options` are the pack's or what merge_options made of them.
/// The limits keep the first rows of each file, in its order; 0 keeps all.
/// Throws DataError at the first fault, PluginError for a task type that no plugin brings.
///
/// The hash covers the bytes of pack.toml and of both data files, the options, and how many rows of
/// each were taken: not where the folder lies.
TaskData read_task(const Registry& registry, const Pack& pack, const TaskOptions& options,
                   int64_t train_limit = 0, int64_t test_limit = 0);

/// Names of a task's metrics: the pack's own, else the task type's. One that no plugin brings is a
/// fault.
std::vector<std::string> metrics_of(const Registry& registry, const Pack& pack,
                                    const TaskType& type, const FaultHandler& fault);

}  // namespace tuneval
