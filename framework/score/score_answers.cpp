#include "framework/score/score_answers.h"

#include "framework/score/metrics.h"
#include "framework/score/read_answer.h"

#include <nlohmann/json.hpp>

namespace tuneval {

std::string prompt_json(const Example& example) {
  using Json = nlohmann::ordered_json;
  Json messages = Json::array();
  for (const Message& message : example.messages) {
    Json turn = {{"role", message.role}, {"content", message.content}};
    if (!message.tool_calls.empty()) {
      Json calls = Json::parse(message.tool_calls, nullptr, /*allow_exceptions=*/false);
      turn["tool_calls"] = calls.is_discarded() ? Json(message.tool_calls) : std::move(calls);
    }
    messages.push_back(std::move(turn));
  }
  return messages.dump(-1, ' ', false, Json::error_handler_t::replace);
}

ScoreSet score_answers(const TaskData& task, const Registry& registry,
                       std::span<const GivenAnswer> answers, const Judge* judge) {
  ScoreSet set;
  std::vector<Prediction> predictions;
  for (size_t i = 0; i < task.test.size(); ++i) {
    const GivenAnswer& answer = answers[i];
    const Example& example = task.test[i];
    predictions.push_back(answer.unanswered.empty()
                              ? read_answer(*task.type, WireForm::json, example, answer.completion)
                              : Prediction{});
    set.rows.push_back(prediction_row(i, example, answer.prompt, answer.completion, answer.stop,
                                      predictions.back()));
    set.rows.back().unanswered = answer.unanswered;
    set.summary.parsed += predictions.back().parsed;
    set.summary.prompt_tokens += answer.prompt_tokens;
    set.summary.new_tokens += answer.new_tokens;
  }
  set.summary.computed_tokens = set.summary.prompt_tokens;
  set.summary.metrics =
      score_predictions(task, registry, task.metrics, predictions, set.rows, judge);
  set.summary.examples = int64_t(task.test.size());
  return set;
}

}  // namespace tuneval
