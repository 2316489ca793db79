#include "framework/summary/verdict/tuning_effect.h"

#include <vector>

namespace tuneval {
namespace {

using Role = RowColumn::Role;

/// The rows that both scored, before and after.
void add_rows(const ExampleRows& base, const ExampleRows& tuned, double sign,
              std::vector<BeforeAfter>& rows) {
  for (size_t i = 0; i < base.values.size(); ++i) {
    const std::optional<double>&before = base.values[i].value, &after = tuned.values[i].value;
    if (!before || !after) continue;
    rows.push_back({base.parsed[i] != 0, tuned.parsed[i] != 0, sign * *before, sign * *after});
  }
}

}  // namespace

std::optional<PairedResult> tuning_effect(const DrawnSet& set, size_t model,
                                          const VerdictOptions& options) {
  const std::optional<size_t> base = set.rows->find(Role::base, model);
  const std::optional<size_t> tuned = set.rows->find(Role::tuned, model);
  if (!base || !tuned) return std::nullopt;
  return compare_rows(set, {*tuned}, {*base}, options);
}

std::optional<FormatGain> format_part(const RowSet& set, size_t model, bool higher_is_better) {
  const std::optional<size_t> base = set.find(Role::base, model);
  const std::optional<size_t> tuned = set.find(Role::tuned, model);
  if (!base || !tuned) return std::nullopt;
  const RowColumn &before = set.columns[*base], &after = set.columns[*tuned];
  if (before.is_jackknife || after.is_jackknife) return std::nullopt;
  std::vector<BeforeAfter> rows;
  for (const ExampleRows* tuned_rows : after.sources) {
    add_rows(*before.sources[0], *tuned_rows, higher_is_better ? 1.0 : -1.0, rows);
  }
  return format_gain(rows);
}

}  // namespace tuneval
