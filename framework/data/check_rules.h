#pragma once

#include "framework/data/finding.h"
#include "tuneval/task/example.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tuneval {

/// A split's rows, read by the task type.
struct SplitExamples {
  std::string file;
  std::vector<Example> examples;    ///< a row may give several
  std::vector<size_t> ends_of_row;  ///< each row's last example: the whole conversation's
  int64_t rows_in_file = 0;         ///< those that gave no example too

  int64_t rows() const { return static_cast<int64_t>(ends_of_row.size()); }
};

/// Findings of one kind, of which the first ones tell as much as thousands.
class FewFindings {
 public:
  FewFindings(std::vector<Finding>& findings, Severity severity)
      : findings_(findings), severity_(severity) {}

  void add(const std::string& where, std::string message);
  /// Counts those that were left out.
  void finish(const std::string& file);

 private:
  std::vector<Finding>& findings_;
  Severity severity_;
  int64_t added_ = 0;
};

/// Where so many answers are words of the passage that they rest on, all are meant to be.
inline constexpr double kExtractive = 0.8;

/// Whether the answer of an example is words of its passage, case and punctuation aside. None where
/// that says nothing: there is no passage, or the answer is calls, JSON or "none".
std::optional<bool> is_in_passage(const Example& example);

// The rules that hold for every task type and look at one split. Each adds to `findings`.

/// Warns of a split of fewer than 20 rows.
void check_size(const SplitExamples& split, std::vector<Finding>& findings);

/// An answer of the closed set without an example is an error; one that is more than ten times as
/// frequent as another, a warning.
void check_answers(const SplitExamples& split, const std::vector<std::string>& answers,
                   std::vector<Finding>& findings);

/// Warns of prompts, tools included, of more than `most` characters (Unicode code points).
void check_lengths(const SplitExamples& split, int64_t most, std::vector<Finding>& findings);

/// Where at least four answers in five are words of the passage that they rest on, the task takes
/// its answers from there: warns of the others. Case and punctuation do not count; answers that are
/// calls, JSON or "none" are passed over.
void check_passages(const SplitExamples& split, std::vector<Finding>& findings);

}  // namespace tuneval
