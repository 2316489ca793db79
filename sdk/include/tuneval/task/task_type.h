#pragma once

#include "tuneval/task/example.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// Code for one kind of task. Constant after construction from its options: one object serves a
/// whole task, from several threads.
class TUNEVAL_API TaskType {
 public:
  TaskType() = default;
  TaskType(const TaskType&) = delete;
  TaskType& operator=(const TaskType&) = delete;
  virtual ~TaskType();

  /// Makes an example of a row. A bad row throws DataError, by `row.fail(key, message)`.
  virtual Example read(const Row& row) const = 0;
  /// All examples of a row, in order: a conversation gives one for each of its answers. The default
  /// is the one of `read`.
  virtual std::vector<Example> read_all(const Row& row) const;
  /// Reads the answer out of a completion. Any text is survived: what cannot be parsed is a
  /// Prediction with `parsed` false.
  virtual Prediction parse(const Example& example, std::string_view completion) const = 0;
  /// Token limit and stop strings.
  virtual Decoding decoding() const { return {}; }
  /// Names of the metrics that apply; the first is the headline.
  virtual std::vector<std::string> metrics() const = 0;
  /// The closed set of answers, where the task has one (the classes); else empty. `pack check`
  /// reports an answer without an example.
  virtual std::vector<std::string> answers() const { return {}; }
  /// Warnings and faults that only a look at all examples of a split shows; one message each.
  /// The default finds none.
  virtual std::vector<std::string> review(const std::vector<Example>& examples) const;

  // What `tuneval synth` asks a teacher for, and what it checks of the rows that come back, beyond
  // that `read_all` takes them. The defaults do for a simple task type.

  /// What a row is, in words for the teacher, which is shown rows of the seed too: the meaning of
  /// the keys, the answers that there may be. Default: empty.
  virtual std::string row_guide() const;
  /// The key under which a row holds the passage that its answer rests on. Default: "context".
  virtual std::string passage_key() const;
  /// Why nothing should be learnt from an example although it was read; one message each. Default:
  /// none. E.g. an answer that does not stand in its passage, arguments that do not fit the schema.
  virtual std::vector<std::string> doubts(const Example& example) const;
  /// What examples are balanced by. Default: the first reference where answers() is not empty, else
  /// nothing.
  virtual std::string kind_of(const Example& example) const;
};

/// A toy pack: what conformance checks run a task type on, as ModelFamily::tiny_config is for a
/// family.
struct TaskSample {
  std::string options = "{}";     ///< JSON object: [options] of a pack.toml
  std::vector<std::string> rows;  ///< JSON objects: lines of a data file, without a fault
};

/// Constructs a task type from a pack's options; a bad option throws DataError through the options'
/// own `fail`.
using TaskTypeFactory = std::function<std::shared_ptr<const TaskType>(const TaskOptions&)>;

}  // namespace tuneval
