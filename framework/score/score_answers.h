#pragma once

#include "framework/score/score.h"

#include <cstdint>
#include <span>
#include <string>

namespace tuneval {

/// An answer to a test example that no model of this process gave.
struct GivenAnswer {
  std::string prompt;      ///< what was asked, for the predictions
  std::string completion;  ///< calls in their canonical form
  std::string stop = "end";
  std::string unanswered = {};  ///< why there is no answer; empty where there is one
  int64_t prompt_tokens = 0, new_tokens = 0;
};

/// The messages of an example as JSON: the prompt of what has no chat template.
std::string prompt_json(const Example& example);

/// Answers, one a test example, in order → ScoreSet, by the parse and the metrics that models are
/// scored by.
ScoreSet score_answers(const TaskData& task, const Registry& registry,
                       std::span<const GivenAnswer> answers, const Judge* judge);

}  // namespace tuneval
