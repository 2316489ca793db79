#pragma once

#include <optional>

namespace tuneval {

/// What tuning gained, in three measures; all are better when higher, for any metric.
struct Tunability {
  double delta = 0.0;  ///< tuned − base; base − tuned where lower is better. In the metric's unit
  /// Of the way from the base score to the best there is: delta / |best − base|. None where the
  /// best is not known, or the base score has reached it.
  std::optional<double> share_of_headroom;
  /// Of the way from the base score to the teacher's: delta / |teacher − base|; above 1 the student
  /// is the better one. None unless the teacher is better than the base model.
  std::optional<double> share_of_gap;
};

/// `best`: the metric's best value, 1 for most. A negative share says that tuning lost. Error for
/// what is not finite.
Tunability tunability(double base, double tuned, bool higher_is_better = true,
                      std::optional<double> best = std::nullopt,
                      std::optional<double> teacher = std::nullopt);

}  // namespace tuneval
