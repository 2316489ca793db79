#pragma once

#include "framework/data/task_data.h"
#include "framework/model/loaded_model.h"
#include "framework/record/predictions.h"
#include "framework/record/record.h"
#include "framework/score/judge.h"
#include "tuneval/plugin.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace tuneval {

struct ScoreOptions {
  int64_t token_budget = 8192;
  int64_t batch_size = 64;
  std::optional<int64_t> max_new_tokens;  ///< in place of the task type's own limit
  bool shots = false;                     ///< whether the task's shots go before each prompt
  const Judge* judge = nullptr;           ///< for the metrics that need one; null: there is none
  std::function<void(int64_t rows, int64_t tokens)> progress;
  std::function<void()> pulse;  ///< called more often than that; what it throws ends everything
};

/// Every test example with its prompt, completion, prediction and scores, and the metrics over
/// them.
struct ScoreSet {
  ScoreSummary summary;
  std::vector<PredictionRow> rows;
};

/// LoadedModel + TaskData → ScoreSet: Example → prompt → completion → prediction → sample scores →
/// metric values. Throws DataError for a prompt that does not fit the model.
ScoreSet score(const LoadedModel& model, const TaskData& task, const Registry& registry,
               const ScoreOptions& options);

}  // namespace tuneval
