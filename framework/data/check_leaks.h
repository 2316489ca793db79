#pragma once

#include "framework/data/check_rules.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace tuneval {

/// Prompts of which this share of word triples is the same are near-duplicates.
inline constexpr double kNearDuplicate = 0.8;

/// Finds prompts that occur more than once. Whitespace is folded.
class Repeats {
 public:
  explicit Repeats(std::vector<Finding>& findings) : findings_(findings) {}

  /// Compares a split with itself and those before it. A row of both splits is an error, other
  /// repeats are warnings; within a split, turns with which several conversations begin are none.
  void check(const SplitExamples& split);
  /// Whether the example of the split that was checked last stands in an earlier split too.
  bool in_both(size_t example) const { return in_both_[example]; }

 private:
  struct Seen {
    std::string where, target;
    int split;
    bool ends_row;
  };
  void compare(const Example& example, bool ends_row, const Seen& first, FewFindings& turns);

  std::vector<Finding>& findings_;
  std::unordered_map<std::string, Seen> seen_;  // by folded prompt
  std::vector<bool> in_both_;
  int split_ = 0;
};

/// A conversation or document with examples in both splits is an error: one name (Example::group)
/// and one text, which is the passage, or else the first turn. Passages that no prompt shows may be
/// in both: a model is to know them by heart. Names alone that are in both are one warning.
void check_groups(const SplitExamples& train, const SplitExamples& test,
                  std::vector<Finding>& findings);

/// Warns of test rows that are nearly the same as a training row, by kNearDuplicate. Of a row of
/// several examples the last one is compared, with its whole conversation; calls, tools and what
/// all prompts begin or end with do not count. `repeats` tells the rows that were reported before.
void check_near(const SplitExamples& train, const SplitExamples& test, const Repeats& repeats,
                std::vector<Finding>& findings);

}  // namespace tuneval
