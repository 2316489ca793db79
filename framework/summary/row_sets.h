#pragma once

#include "framework/statistics/resampler.h"
#include "framework/summary/summary.h"
#include "framework/summary/task_rows.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

/// One score of a task and the test rows that it stands on.
struct RowColumn {
  enum class Role { base, tuned, teacher };

  Role role = Role::base;
  size_t model = 0;  ///< place in Summary::models; of a teacher nothing
  /// Of each row: the sample score, of several seeds their mean; or its pseudo-value.
  std::vector<double> values;
  std::vector<char> scored;    ///< by every seed
  double reported = 0.0;       ///< the score that tables show
  double shift = 0.0;          ///< reported − the mean of the values of the rows that are scored
  bool is_proportion = false;  ///< every row is right (1) or wrong (0), and their mean is the score
  bool is_jackknife = false;   ///< the values are pseudo-values
  int64_t count = 0;           ///< rows that are scored
  std::vector<const ExampleRows*> sources;  ///< one a seed
};

/// Scores on the same test rows.
struct RowSet {
  Resampler units{0};               ///< rows that belong together
  std::vector<std::string> groups;  ///< of each row; empty for a row by itself
  bool grouped = false;             ///< whether any do
  bool complete = false;            ///< whether every score stands on every row
  std::vector<RowColumn> columns;

  size_t rows() const { return units.all().size(); }
  /// Places in `columns`.
  std::optional<size_t> find(RowColumn::Role role, size_t model = 0) const;
};

/// Of one task. Scores without predictions, and those that their rows do not explain (no mean of
/// them, and no pseudo-values), are in none.
struct TaskSets {
  std::vector<RowSet> sets;  ///< the one of the most models first; only it is compared over models

  const RowSet* main() const { return sets.empty() ? nullptr : &sets.front(); }
};

/// `notes` are told of scores that are left out, and of models whose rows are not the main ones.
TaskSets row_sets(const TaskSummary& task, const VariantSummary& variants, TaskRows& rows,
                  std::vector<std::string>& notes);

}  // namespace tuneval
