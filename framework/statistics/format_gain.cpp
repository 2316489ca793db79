#include "framework/statistics/format_gain.h"

#include "framework/statistics/sample.h"

namespace tuneval {
namespace {

GainPart& part_of(FormatGain& gain, const BeforeAfter& row) {
  if (row.tuned_parsed) return row.base_parsed ? gain.stayed_valid : gain.became_valid;
  return row.base_parsed ? gain.became_invalid : gain.stayed_invalid;
}

/// The share of valid answers, and their mean score.
struct Valid {
  double count = 0.0, sum = 0.0;
  bool invalid_scores = false;  ///< an invalid answer scored other than 0

  void add(bool parsed, double score) {
    if (parsed) {
      ++count;
      sum += score;
    } else if (score != 0.0) {
      invalid_scores = true;
    }
  }
};

}  // namespace

std::optional<FormatGain> format_gain(std::span<const BeforeAfter> rows) {
  if (rows.empty()) return std::nullopt;
  FormatGain result;
  Valid base, tuned;
  const auto n = static_cast<double>(rows.size());
  for (const BeforeAfter& row : rows) {
    require_finite({&row.base, 1}, "scores before tuning");
    require_finite({&row.tuned, 1}, "scores after tuning");
    GainPart& part = part_of(result, row);
    ++part.rows;
    part.gain += (row.tuned - row.base) / n;
    result.gain += (row.tuned - row.base) / n;
    base.add(row.base_parsed, row.base);
    tuned.add(row.tuned_parsed, row.tuned);
  }
  if (base.count > 0.0 && tuned.count > 0.0 && !base.invalid_scores && !tuned.invalid_scores) {
    const double v0 = base.count / n, v1 = tuned.count / n;
    const double a0 = base.sum / base.count, a1 = tuned.sum / tuned.count;
    result.by_form = (v1 - v0) * (a0 + a1) / 2.0;
    result.by_content = (a1 - a0) * (v0 + v1) / 2.0;
  }
  return result;
}

}  // namespace tuneval
