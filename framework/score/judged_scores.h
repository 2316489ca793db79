#pragma once

#include "framework/record/predictions.h"
#include "framework/score/judge.h"
#include "tuneval/metric/judged.h"

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace tuneval {

/// What a judge's verdicts make of predictions.
struct JudgedScores {
  std::vector<SampleScore> samples;  ///< one a prediction, in order
  /// "repeats"; "disagreement", the share of examples whose verdicts differ, of those with two that
  /// could be read (not there where none has); "unreadable", answers without a verdict;
  /// "unanswered", questions put to the judge that it gave no answer to.
  std::vector<std::pair<std::string, double>> details;
};

/// Asks the judge of every parsed prediction, `judge.repeats` times. A value is the mean of the
/// verdicts that can be read; where there is none, the example is unscored, with the reason. A
/// prediction that was not parsed gets the metric's worst value, a row without an answer none.
JudgedScores judge_predictions(const Judged& metric, const Judge& judge,
                               std::span<const Example> examples,
                               std::span<const Prediction> predictions,
                               std::span<const PredictionRow> rows);

}  // namespace tuneval
