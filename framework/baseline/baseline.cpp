#include "framework/baseline/baseline.h"

#include "framework/baseline/nearest_examples.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string_view>

namespace tuneval {

namespace {

/// The content of the last turn of the user; empty where there is none.
std::string_view last_question(const Example& example) {
  const auto found = std::find_if(example.messages.rbegin(), example.messages.rend(),
                                  [](const Message& message) { return message.role == "user"; });
  return found == example.messages.rend() ? std::string_view() : std::string_view(found->content);
}

std::vector<std::string_view> last_questions(const std::vector<Example>& examples) {
  std::vector<std::string_view> questions;
  for (const Example& example : examples) questions.push_back(last_question(example));
  return questions;
}

}  // namespace

std::string majority_answer(const TaskType& type, const std::vector<Example>& train) {
  const bool closed = !type.answers().empty();
  const auto answer_of = [&](const Example& example) -> std::string_view {
    if (closed && !example.references.empty()) return example.references.front();
    return example.target;
  };
  std::map<std::string_view, int64_t> counts;
  for (const Example& example : train) ++counts[answer_of(example)];
  const auto count_of = [&](const Example& example) { return counts[answer_of(example)]; };
  return std::ranges::max_element(train, {}, count_of)->target;  // the first of several
}

std::vector<std::string> nearest_answers(const TaskType& type, const std::vector<Example>& train,
                                         const std::vector<Example>& test) {
  const NearestExamples index(last_questions(train));
  const std::string otherwise = majority_answer(type, train);
  std::vector<std::string> answers;
  for (const std::string_view question : last_questions(test)) {
    const std::optional<size_t> nearest = index.find(question);
    answers.push_back(nearest ? train[*nearest].target : otherwise);
  }
  return answers;
}

}  // namespace tuneval
