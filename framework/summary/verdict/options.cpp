#include "framework/summary/verdict/options.h"

#include "framework/statistics/multiple.h"
#include "framework/statistics/names.h"

namespace tuneval {
namespace {

constexpr Names<ScoreInterval, 4> kIntervals = {
    {{{ScoreInterval::wilson, "wilson"},
      {ScoreInterval::jeffreys, "jeffreys"},
      {ScoreInterval::clopper_pearson, "clopper_pearson"},
      {ScoreInterval::bootstrap, "bootstrap"}}}};
constexpr Names<Adjustment, 4> kAdjustments = {
    {{{Adjustment::holm, "holm"},
      {Adjustment::bonferroni, "bonferroni"},
      {Adjustment::benjamini_hochberg, "benjamini_hochberg"},
      {Adjustment::none, "none"}}}};

}  // namespace

std::string_view to_string(ScoreInterval method) { return kIntervals.name(method); }
ScoreInterval score_interval(std::string_view name) {
  return kIntervals.value(name, "interval of a score");
}
const std::vector<std::string>& score_intervals() {
  static const std::vector<std::string> names = kIntervals.all();
  return names;
}

std::string_view to_string(Adjustment adjustment) { return kAdjustments.name(adjustment); }
Adjustment adjustment(std::string_view name) {
  return kAdjustments.value(name, "adjustment for many tests");
}
const std::vector<std::string>& adjustments() {
  static const std::vector<std::string> names = kAdjustments.all();
  return names;
}

std::vector<double> adjusted(std::span<const double> p_values, Adjustment how) {
  switch (how) {
    case Adjustment::holm: return holm(p_values);
    case Adjustment::bonferroni: return bonferroni(p_values);
    case Adjustment::benjamini_hochberg: return benjamini_hochberg(p_values);
    case Adjustment::none: break;
  }
  return {p_values.begin(), p_values.end()};
}

}  // namespace tuneval
