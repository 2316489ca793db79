#pragma once

#include "tuneval/metric/judged.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tuneval {

/// How the metrics that need a judge (Judged) reach one.
struct Judge {
  std::string name;     ///< of the judging model, for the record
  int64_t repeats = 1;  ///< times each question is asked
  /// The answers to all questions, `repeats` each, in order; none where there was no answer, with
  /// the reason in `reasons`.
  struct Answers {
    std::vector<std::vector<std::optional<std::string>>> texts;
    std::vector<std::string> reasons;  ///< by question; empty where every answer came
  };
  std::function<Answers(const std::vector<std::vector<Message>>& questions)> ask;
};

}  // namespace tuneval
