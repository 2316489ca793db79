#include "framework/score/read_answer.h"

#include "framework/data/hash.h"
#include "framework/text/conversation.h"

#include <utility>

namespace tuneval {

Prediction read_answer(const TaskType& type, WireForm wire_form, const Example& example,
                       std::string_view completion) {
  std::string text = answer_text(wire_form, example, completion);
  Prediction prediction = type.parse(example, text);
  prediction.completion = std::move(text);
  return prediction;
}

std::string group_of(const Example& example) {
  constexpr size_t kDigits = 16;
  if (!example.group.empty() || example.context.empty()) return example.group;
  Sha256 hash;
  hash.add(example.context);
  return hash.hex().substr(0, kDigits);
}

PredictionRow prediction_row(size_t index, const Example& example, std::string prompt,
                             std::string completion, std::string stop,
                             const Prediction& prediction) {
  PredictionRow row;
  row.index = int64_t(index);
  row.where = example.where;
  row.prompt = std::move(prompt);
  row.references = example.references;
  row.completion = std::move(completion);
  row.prediction = prediction.text;
  row.parsed = prediction.parsed;
  row.stop = std::move(stop);
  row.group = group_of(example);
  return row;
}

}  // namespace tuneval
