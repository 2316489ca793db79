#pragma once

#include "framework/data/pack.h"
#include "framework/data/shots.h"
#include "tuneval/plugin.h"

#include <cstdint>
#include <memory>
#include <optional>
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
  Shots shots;          ///< answered examples that go before a prompt of the base model
  std::string hash;     ///< SHA-256, in hex, of all that decides the examples
  bool judged = false;  ///< whether one of the metrics asks a judge
};

/// Reads both splits of a pack; a row may give several examples. `options` are the pack's or what
/// merge_options made of them. The limits keep the first rows of each file, in its order; 0 keeps
/// all. Every metric is made once, so that its options are known to be right.
/// Throws DataError at the first fault, PluginError for a task type or metric that no plugin
/// brings.
///
/// The hash covers the bytes of pack.toml and of both data files, the options, and how many rows of
/// each were taken: not where the folder lies.
TaskData read_task(const Registry& registry, const Pack& pack, const TaskOptions& options,
                   int64_t train_limit = 0, int64_t test_limit = 0);

/// The task with all rows of the pack's seed in place of its training examples and without shots;
/// its pack and its hash are those of a pack whose train split is the seed. Null where the pack has
/// no seed. Throws DataError.
std::optional<TaskData> with_seed_rows(const TaskData& task);

/// The hash that read_task gives for a pack with these options of which so many examples are taken.
std::string task_hash(const Pack& pack, size_t train_examples, size_t test_examples);

/// The pack's task type, made from the options without those that are the host's ("shots").
std::shared_ptr<const TaskType> make_task_type(const Registry& registry, const Pack& pack,
                                               const TaskOptions& options);

/// A metric with the options that the pack has for it.
std::shared_ptr<const Metric> make_metric(const Registry& registry, const Pack& pack,
                                          const std::string& name);

/// Names of a task's metrics: the pack's own, else the task type's. One that no plugin brings is a
/// fault.
std::vector<std::string> metrics_of(const Registry& registry, const Pack& pack,
                                    const TaskType& type, const FaultHandler& fault);

}  // namespace tuneval
