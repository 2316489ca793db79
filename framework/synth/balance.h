#pragma once

#include "framework/synth/synth_task.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tuneval {

/// How many rows of each kind there are and should be. A row of several examples counts as a part
/// of a row for the kind of each.
class Balance {
 public:
  /// The kinds are the task type's answers, or else those of the seed. Their shares are alike, or
  /// those of the seed with `match_seed`. Without kinds nothing is ever full or short.
  Balance(const SynthTask& task, int64_t rows, bool match_seed, double slack);

  /// Every kind of the row has `slack` times its share already, at least one row; false for a row
  /// without kinds.
  bool full(const std::vector<std::string>& kinds) const;
  void add(const std::vector<std::string>& kinds);

  const std::vector<std::string>& kinds() const { return names_; }
  /// Rows that each of kinds() lacks to its share; 0 where it has that.
  std::vector<double> short_of() const;

 private:
  double cap(const std::string& kind) const;

  double rows_, slack_;
  std::vector<std::string> names_;
  std::map<std::string, double> shares_, counts_;
};

}  // namespace tuneval
