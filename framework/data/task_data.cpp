#include "framework/data/task_data.h"

#include "framework/data/hash.h"
#include "framework/data/rows.h"
#include "framework/manifest/nearest.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace tuneval {

namespace {

std::vector<Example> read_split(const TaskType& type, const std::filesystem::path& file,
                                int64_t limit) {
  std::vector<Example> examples;
  for (const Row& row : read_rows(file, limit)) {
    std::ranges::move(type.read_all(row), std::back_inserter(examples));
  }
  if (examples.empty()) throw DataError(fmt::format("{}: holds no rows", file.string()));
  return examples;
}

/// Makes each metric once: a bad option shows here, not when all answers are there. Whether one of
/// them asks a judge.
bool try_metrics(const Registry& registry, const Pack& pack,
                 const std::vector<std::string>& metrics) {
  bool judged = false;
  for (const std::string& name : metrics) {
    const std::shared_ptr<const Metric> metric = make_metric(registry, pack, name);
    judged = judged || dynamic_cast<const Judged*>(metric.get()) != nullptr;
  }
  for (const auto& [name, options] : pack.metric_options) registry.make_metric(name, options);
  return judged;
}

}  // namespace

std::string task_hash(const Pack& pack, size_t train_examples, size_t test_examples) {
  ContentHash hash;
  hash.add(read_file(pack.file()));
  hash.add(read_file(pack.train));
  hash.add(read_file(pack.test));
  hash.add(pack.options.description);
  hash.add(pack.options.options.json());
  hash.add(fmt::format("{} {}", train_examples, test_examples));
  return hash.hex();
}

std::shared_ptr<const TaskType> make_task_type(const Registry& registry, const Pack& pack,
                                               const TaskOptions& options) {
  return registry.make_task_type(pack.task_type, without_shots(options));
}

std::shared_ptr<const Metric> make_metric(const Registry& registry, const Pack& pack,
                                          const std::string& name) {
  const auto options = pack.metric_options.find(name);
  if (options == pack.metric_options.end()) return registry.make_metric(name);
  return registry.make_metric(name, options->second);
}

std::vector<std::string> metrics_of(const Registry& registry, const Pack& pack,
                                    const TaskType& type, const FaultHandler& fault) {
  std::vector<std::string> known;
  for (const Registry::Entry& entry : registry.entries()) {
    if (entry.kind == "metric") known.push_back(entry.name);
  }
  std::ranges::sort(known);
  for (const std::string& name : pack.metrics) {
    if (registry.has_metric(name)) continue;
    fault(pack.file().string(),
          fmt::format("\"metrics\" names \"{}\", which no plugin brings: {}", name,
                      known.empty() ? "there is no metric" : suggestion(name, known)));
  }
  for (const auto& [name, options] : pack.metric_options) {
    if (registry.has_metric(name)) continue;
    fault(options.where(), known.empty() ? "no plugin brings a metric"
                                         : fmt::format("no plugin brings a metric of this name: {}",
                                                       suggestion(name, known)));
  }
  return pack.metrics.empty() ? type.metrics() : pack.metrics;
}

TaskData read_task(const Registry& registry, const Pack& pack, const TaskOptions& options,
                   int64_t train_limit, int64_t test_limit) {
  TaskData task;
  task.pack = pack;
  task.pack.options = options;
  task.type = make_task_type(registry, pack, options);
  task.metrics = metrics_of(registry, pack, *task.type, throwing());
  task.judged = try_metrics(registry, pack, task.metrics);
  task.train = read_split(*task.type, pack.train, train_limit);
  task.test = read_split(*task.type, pack.test, test_limit);
  task.shots = choose_shots(options, *task.type, task.train);
  task.hash = task_hash(task.pack, task.train.size(), task.test.size());
  return task;
}

std::optional<TaskData> with_seed_rows(const TaskData& task) {
  if (!task.pack.seed) return std::nullopt;
  TaskData seeded = task;
  seeded.pack.train = *task.pack.seed;
  seeded.train = read_split(*task.type, seeded.pack.train, 0);
  seeded.shots = {};
  seeded.hash = task_hash(seeded.pack, seeded.train.size(), seeded.test.size());
  return seeded;
}

}  // namespace tuneval
