#pragma once

#include "framework/manifest/recipe.h"
#include "framework/model/loaded_model.h"
#include "framework/record/record.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tuneval {

/// What a listener is told after each optimizer step.
struct TuneProgress {
  int64_t step = 0, steps = 0;
  double loss = 0.0;
  int64_t tokens = 0;  ///< computed since tuning began in this process
};

struct TuneOptions {
  /// Where checkpoints are kept; empty: none are written. A checkpoint found there is resumed from.
  std::filesystem::path checkpoints;
  /// What decides the result, e.g. the cell's id: a checkpoint of another identity is not resumed
  /// from.
  std::string identity;
  std::function<void(const TuneProgress&)> progress;
  /// Asked at the end of each epoch how well the model as it stands answers the rows held out, in
  /// their order: a point of the learning curve, which decides nothing. Empty: no such scores.
  std::function<std::optional<double>(const LoadedModel&, const std::vector<Example>&)> score = {};
  /// Set by whoever wants tuning to end: a checkpoint is written and `Stopped` thrown, on a CPU
  /// within a second even where a step takes minutes (it is begun again). Null: nobody does.
  const std::atomic<bool>* stop = nullptr;
  /// Called within steps too, as a sign of life.
  std::function<void()> pulse = {};
};

/// LoadedModel + examples → TuneSummary; the model is left tuned, with the best weights (see
/// Recipe::validation_ratio) in place: an adapter attached, or with `adapter = "none"` its own
/// weights changed. On a CPU a run that was killed and resumed gives the same bits as one that was
/// not. Throws TuneError when the loss is not finite, DataError for examples that do not fit the
/// context.
TuneSummary tune(LoadedModel& model, const std::vector<Example>& examples, const Recipe& recipe,
                 const TuneOptions& options);

}  // namespace tuneval
