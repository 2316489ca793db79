#include "framework/rescore/scored_task.h"

#include "framework/data/rows.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

namespace tuneval {

namespace {

namespace fs = std::filesystem;

std::vector<Example> examples_of(const TaskType& type, const std::vector<Row>& rows, size_t count) {
  std::vector<Example> examples;
  for (const Row& row : rows) {
    if (examples.size() >= count) break;
    std::ranges::move(type.read_all(row), std::back_inserter(examples));
  }
  examples.resize(std::min(examples.size(), count));
  return examples;
}

/// The first `count` examples of a file, fewer where it has no more. A limit of the run may have
/// cut the file anywhere, and what follows may be at fault: as a rule a row gives one example at
/// least, so that as many rows are enough.
std::vector<Example> first_examples(const TaskType& type, const fs::path& file, size_t count) {
  std::vector<Example> examples = examples_of(type, read_rows(file, int64_t(count)), count);
  if (examples.size() < count) examples = examples_of(type, read_rows(file), count);
  return examples;
}

/// "test.jsonl:17" of "/packs/x/test.jsonl:17": a pack may have moved.
std::string without_folder(const std::string& where) { return fs::path(where).filename().string(); }

/// How the rows and the examples first differ; empty where they are alike.
std::string first_difference(std::span<const PredictionRow> rows,
                             std::span<const Example> examples) {
  if (rows.size() != examples.size()) {
    return fmt::format("there are {} test examples, then there were {}", examples.size(),
                       rows.size());
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    if (without_folder(rows[i].where) != without_folder(examples[i].where)) {
      return fmt::format("test example {} stands at {}, then it stood at {}", i, examples[i].where,
                         without_folder(rows[i].where));
    }
    if (rows[i].references != examples[i].references) {
      return fmt::format("{}: the right answer is \"{}\", then it was \"{}\"", examples[i].where,
                         fmt::join(examples[i].references, "\" or \""),
                         fmt::join(rows[i].references, "\" or \""));
    }
  }
  return {};
}

/// What a look at a pack shows of its change: the record has one hash over all of it.
std::string what_changed(const Registry& registry, const TaskFacts& facts, const Pack& pack,
                         const TaskOptions& options, std::span<const PredictionRow> rows) {
  if (pack.task_type != facts.task_type) {
    return fmt::format("its task type is \"{}\", then it was \"{}\"", pack.task_type,
                       facts.task_type);
  }
  try {
    const auto type = make_task_type(registry, pack, options);
    const std::string difference =
        first_difference(rows, first_examples(*type, pack.test, rows.size()));
    if (!difference.empty()) return difference;
  } catch (const Error& error) {
    return error.what();
  }
  return "its test rows have the right answers of then, so it is pack.toml, the training rows, the "
         "questions, or options that the manifest set";
}

}  // namespace

TaskData read_scored_task(const Registry& registry, const TaskFacts& facts, const fs::path& folder,
                          std::span<const PredictionRow> rows, CellKind kind) {
  TaskData task;
  task.pack = read_pack(folder);
  if (kind == CellKind::seed_only && task.pack.seed) task.pack.train = *task.pack.seed;
  task.pack.options = merge_options(task.pack, facts.options.dump());
  task.hash = task_hash(task.pack, size_t(facts.train_rows), size_t(facts.test_rows));
  if (task.hash != facts.hash) {
    throw RecordError(
        fmt::format("the pack {} is not the one that was scored: {}", folder.string(),
                    what_changed(registry, facts, task.pack, task.pack.options, rows)));
  }
  task.type = make_task_type(registry, task.pack, task.pack.options);
  task.test = first_examples(*task.type, task.pack.test, size_t(facts.test_rows));
  return task;
}

void check_rows(std::span<const PredictionRow> rows, std::span<const Example> examples,
                const fs::path& file) {
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].index != int64_t(i)) {
      throw RecordError(fmt::format("{}:{}: \"index\" is {}: expected {}", file.string(), i + 1,
                                    rows[i].index, i));
    }
  }
  if (rows.size() != examples.size()) {
    throw RecordError(fmt::format("{}: has {} predictions: expected one for each of {} examples",
                                  file.string(), rows.size(), examples.size()));
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    if (without_folder(rows[i].where) != without_folder(examples[i].where)) {
      throw RecordError(fmt::format("{}:{}: \"where\" is \"{}\": expected {}", file.string(), i + 1,
                                    rows[i].where, without_folder(examples[i].where)));
    }
  }
}

}  // namespace tuneval
