#include "framework/data/task_data.h"

#include "framework/data/hash.h"
#include "framework/data/rows.h"
#include "framework/manifest/nearest.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuneval {

namespace {

std::vector<Example> read_split(const TaskType& type, const std::filesystem::path& file,
                                int64_t limit) {
  std::vector<Example> examples;
  for (const Row& row : read_rows(file, limit)) examples.push_back(type.read(row));
  if (examples.empty()) throw DataError(fmt::format("{}: holds no rows", file.string()));
  return examples;
}

std::string hash_of(const TaskData& task, const TaskOptions& options) {
  ContentHash hash;
  hash.add(read_file(task.pack.file()));
  hash.add(read_file(task.pack.train));
  hash.add(read_file(task.pack.test));
  hash.add(options.description);
  hash.add(options.options.json());
  hash.add(fmt::format("{} {}", task.train.size(), task.test.size()));
  return hash.hex();
}

}  // namespace

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
  return pack.metrics.empty() ? type.metrics() : pack.metrics;
}

TaskData read_task(const Registry& registry, const Pack& pack, const TaskOptions& options,
                   int64_t train_limit, int64_t test_limit) {
  TaskData task;
  task.pack = pack;
  task.pack.options = options;
  task.type = registry.make_task_type(pack.task_type, options);
  task.metrics = metrics_of(registry, pack, *task.type, throwing());
  task.train = read_split(*task.type, pack.train, train_limit);
  task.test = read_split(*task.type, pack.test, test_limit);
  task.hash = hash_of(task, options);
  return task;
}

}  // namespace tuneval
