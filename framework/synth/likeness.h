#pragma once

#include "framework/synth/near_index.h"
#include "framework/synth/synth_task.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tuneval {

/// What rows are compared by: the words of a row's prompt, those of its last example, which has the
/// whole conversation.
struct Likeness {
  std::string scope;  ///< only rows of one scope can be alike
  std::vector<uint32_t> words;
};

/// Makes likenesses. What the prompts of all known rows begin or end with, instructions and lists
/// of classes, is left out. Several questions on one passage are to be asked where passages are
/// given: there the passage is the scope, and no part of the words, where the prompt shows it.
class LikenessReader {
 public:
  LikenessReader(const SynthTask& task, bool passages_are_given);

  Likeness of(const std::vector<Example>& examples) const;

 private:
  Likeness whole(const Example& example) const;

  bool passages_are_given_;
  std::vector<uint32_t> front_, back_;
};

/// A NearIndex for each scope.
class LikenessIndex {
 public:
  explicit LikenessIndex(double threshold) : threshold_(threshold) {}

  void add(const Likeness& likeness, std::string where);
  struct Found {
    std::string where;
    double similarity = 0.0;
  };
  std::optional<Found> find(const Likeness& likeness);

 private:
  struct Scope {
    NearIndex index;
    std::vector<std::string> where;
  };

  double threshold_;
  std::map<std::string, Scope> scopes_;
};

}  // namespace tuneval
