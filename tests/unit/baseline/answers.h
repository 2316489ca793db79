#pragma once

#include "tuneval/task/task_type.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace tuneval::test {

/// A task type that has nothing but a set of answers, maybe empty.
class AnswerType final : public TaskType {
 public:
  explicit AnswerType(std::vector<std::string> answers) : answers_(std::move(answers)) {}

  Example read(const Row&) const override { return {}; }
  Prediction parse(const Example&, std::string_view text) const override {
    return {true, std::string(text)};
  }
  std::vector<std::string> metrics() const override { return {}; }
  std::vector<std::string> answers() const override { return answers_; }

 private:
  std::vector<std::string> answers_;
};

inline Example answered(const std::string& question, const std::string& target,
                        const std::string& reference = {}) {
  Example example;
  example.messages = {{"system", "Sort the message.", ""}, {"user", question, ""}};
  example.target = target;
  example.references = {reference.empty() ? target : reference};
  return example;
}

}  // namespace tuneval::test
