#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

struct CellRecord;
struct Selection;
struct Summary;

/// What a model cost on a task, by the record that speaks for the cell. A speed is of tokens as if
/// each row were computed alone, so that it compares with other programs.
struct CellCost {
  std::string model, task, id;
  int64_t parameters = 0;
  std::optional<int64_t> trained_parameters, adapter_bytes;
  std::optional<double> tune_tokens_per_second, score_tokens_per_second;
  /// Test examples answered in a second by the tuned model: tokens of different tokenizers do not
  /// compare, examples do.
  std::optional<double> examples_per_second;
  double seconds = 0.0;
  int64_t peak_memory_bytes = 0;
  std::optional<double> energy_joules;  ///< of the whole machine; none where it did not tell
  std::optional<double> score;          ///< tuned, by the task's headline
  /// Whether no other model on the task is both better and smaller, or better and faster.
  bool on_size_front = false, on_speed_front = false;
};

/// A model over its tasks.
struct ModelCost {
  std::string model;
  int64_t parameters = 0;
  std::optional<int64_t> trained_parameters, adapter_bytes;  ///< the most of a task
  std::optional<double> tune_tokens_per_second, score_tokens_per_second, examples_per_second;
  double seconds = 0.0;                 ///< of all its cells, seeds and band included
  int64_t peak_memory_bytes = 0;        ///< the most of a cell
  std::optional<double> energy_joules;  ///< of all its cells; none unless each of them has it
  std::optional<double> mean_rank;      ///< tuned; what the fronts take for the score
  bool on_size_front = false, on_speed_front = false;
};

/// What a teacher was asked for its scores, over all tasks; answers from its cache included.
struct TeacherCost {
  std::string name, model;  ///< `model` as its server calls it
  int64_t tasks = 0, examples = 0, prompt_tokens = 0, answer_tokens = 0;
  double seconds = 0.0;
};

struct CostSummary {
  std::vector<ModelCost> models;      ///< in the order of the summary
  std::vector<CellCost> cells;        ///< of models that have a record, task by task
  std::vector<TeacherCost> teachers;  ///< mostly one at most
  double seconds = 0.0;               ///< of all selected cells, one after the other
  std::optional<double> energy_joules;
};

/// Of a summary whose tasks and models are done.
CostSummary add_costs(const Summary& summary, const Selection& selection);

}  // namespace tuneval
