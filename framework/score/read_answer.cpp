#include "framework/score/read_answer.h"

#include "framework/text/conversation.h"

#include <string>
#include <utility>

namespace tuneval {

Prediction read_answer(const TaskType& type, WireForm wire_form, const Example& example,
                       std::string_view completion) {
  std::string text = answer_text(wire_form, example, completion);
  Prediction prediction = type.parse(example, text);
  prediction.completion = std::move(text);
  return prediction;
}

}  // namespace tuneval
