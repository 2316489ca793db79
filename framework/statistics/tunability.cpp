#include "framework/statistics/tunability.h"

#include "framework/statistics/sample.h"

#include <initializer_list>

namespace tuneval {

Tunability tunability(double base, double tuned, bool higher_is_better, std::optional<double> best,
                      std::optional<double> teacher) {
  for (const double score : {base, tuned, best.value_or(0.0), teacher.value_or(0.0)}) {
    require_finite({&score, 1}, "scores of a cell");
  }
  const double sign = higher_is_better ? 1.0 : -1.0;
  Tunability result;
  result.delta = sign * (tuned - base);
  const auto share_of = [&](const std::optional<double>& goal) -> std::optional<double> {
    const double way = goal ? sign * (*goal - base) : 0.0;
    // A shorter way is one of the arithmetic alone, and any share of it would be huge.
    if (!(way >= 1e-9)) return std::nullopt;
    return result.delta / way;
  };
  result.share_of_headroom = share_of(best);
  result.share_of_gap = share_of(teacher);
  return result;
}

}  // namespace tuneval
