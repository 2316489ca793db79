#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// How the interval of a score of right and wrong answers is computed, where no rows belong
/// together. Rows that do get Wilson's at their effective number, other scores the bootstrap,
/// whatever is asked for here.
enum class ScoreInterval { wilson, jeffreys, clopper_pearson, bootstrap };
std::string_view to_string(ScoreInterval method);
/// Throws ManifestError naming the methods there are.
ScoreInterval score_interval(std::string_view name);
const std::vector<std::string>& score_intervals();

/// How p-values of many tests are adjusted.
enum class Adjustment { holm, bonferroni, benjamini_hochberg, none };
std::string_view to_string(Adjustment adjustment);
/// Throws ManifestError naming the adjustments there are.
Adjustment adjustment(std::string_view name);
const std::vector<std::string>& adjustments();

/// The p-values, adjusted; in the order given.
std::vector<double> adjusted(std::span<const double> p_values, Adjustment how);

struct VerdictOptions {
  double level = 0.95;  ///< of every interval, 0 < level < 1
  double alpha = 0.05;  ///< what an adjusted p-value has to be below; of the tests' power too
  double power = 0.8;   ///< the chance to find what a detectable difference is
  ScoreInterval interval = ScoreInterval::wilson;
  Adjustment multiple = Adjustment::holm;
  /// Draws of a bootstrap and of sign flips; fewer on test sets of more than 20,000 rows, where
  /// rows times draws are 2·10⁸, at least 1,000.
  int64_t resamples = 10'000;
  uint64_t seed = 123;
};

}  // namespace tuneval
