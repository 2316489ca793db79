#pragma once

#include "framework/data/task_data.h"
#include "framework/manifest/manifest.h"
#include "framework/plan/model_costs.h"
#include "framework/record/record.h"
#include "framework/text/conversation.h"
#include "tuneval/plugin.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tuneval {

class ModelFamily;

/// What the plan knows of a model without its weights.
struct PlannedModel {
  ModelEntry entry;
  Config config;
  std::string model_type;
  std::shared_ptr<const ModelFamily> family;
  std::shared_ptr<const ChatText> text;
  std::string hash;  ///< of the checkpoint's files
  int64_t parameters = 0, context = 0;
  ModelCosts costs;
};

struct PlannedTask {
  TaskEntry entry;
  TaskData data;
  std::optional<TaskData> seed = {};  ///< with the pack's seed rows to train on, for seed-only
                                      ///< cells
  Shots teacher_shots = {};           ///< that go before each prompt of the teacher
};

/// What a cell will cost, from counted tokens.
struct CellEstimate {
  int64_t tune_tokens = 0, tune_computed = 0;  ///< over all epochs: as separate rows; distinct
  /// One pass over the test prompts: as separate rows; distinct, with answers that are ranked.
  int64_t score_tokens = 0, score_computed = 0;
  /// Of tuning; of validation and all scoring passes. Attention's own products and what is
  /// generated are left out.
  double tune_flops = 0.0, forward_flops = 0.0;
  double flops = 0.0;  ///< both
  /// Tokens to be generated, if answers are as long as those of the training rows, and passes over
  /// the model for them.
  int64_t decode_tokens = 0, decode_passes = 0;
  int64_t peak_memory_bytes = 0;  ///< the most that is held; on a GPU, of its memory
  int64_t disk_bytes = 0;         ///< predictions, adapter and checkpoint, at their most
  double seconds = 0.0;  ///< on the machine the plan was made on; 0 where it was not calibrated
};

/// One (model, task) pair, or what models are compared with on a task.
struct Cell {
  size_t model = 0, task = 0;  ///< into the plan's lists; `model` only where has_model()
  /// Hashes all that decides the result: model files, data, recipe, seed, plugin versions.
  std::string id;
  CellEstimate estimate = {};  ///< nothing but zeros without a model
  CellKind kind = CellKind::model;
  std::string name = {};  ///< the model's; without one what tables call it, no model's name
  /// Of the split, the batches' order and the adapter: Manifest::seed or one of more_seeds.
  uint64_t seed = 0;
  /// Of a cell of the band (Manifest::learning_rates); none where the recipe's own counts.
  std::optional<double> learning_rate = {};

  /// Whether it is the model's first on the task: with the first seed and the recipe's own rate.
  bool is_first = true;

  bool has_model() const { return kind == CellKind::model || kind == CellKind::seed_only; }
  /// Whether the model is scored before tuning too, where the manifest asks for that: once a task.
  bool scores_base() const { return kind == CellKind::model && is_first; }
  /// As lists of cells show it: "tiny-qwen3", "tiny-qwen3 (seed_only)", "tiny-qwen3 (seed 7)",
  /// "tiny-qwen3 (rate 1e-04)", "teacher".
  std::string title() const;
};

struct Plan {
  Manifest manifest;
  std::vector<PlannedModel> models;
  std::vector<PlannedTask> tasks;
  std::vector<Cell> cells;         ///< a model's cells stand together, behind those without a model
  std::vector<std::string> notes;  ///< what the manifest asks for and will not get; one a sentence

  /// What the cell is tuned and scored on.
  const TaskData& data(const Cell& cell) const;
  /// What the cell is tuned by: the manifest's recipe with the cell's seed and learning rate.
  Recipe recipe(const Cell& cell) const;
};

/// Manifest × Registry → Plan. Every mistake that can be found before a weight is read is found
/// here: a missing folder, an unknown model type, task type or metric, a bad row, an example longer
/// than a model's context, a LoRA target that no layer bears.
Plan make_plan(const Manifest& manifest, const Registry& registry);

/// The same cells without their estimates, for whoever runs cells of a plan that was made: what can
/// be found only by reading every row with every model's tokens is not looked for again.
Plan repeat_plan(const Manifest& manifest, const Registry& registry);

}  // namespace tuneval
