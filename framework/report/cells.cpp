#include "framework/report/cells.h"

#include <fmt/format.h>

#include <cmath>

namespace tuneval {

TableCell nothing() { return {kDash, Tone::faint}; }

TableCell number_cell(const std::optional<double>& value) {
  if (!value) return nothing();
  return {fmt::format("{:.3f}", *value)};
}

TableCell score_cell(const std::optional<StageScore>& score) {
  return number_cell(score ? std::optional(score->value) : std::nullopt);
}

TableCell delta_cell(const std::optional<double>& delta, bool higher_is_better) {
  if (!delta) return nothing();
  const std::string text = fmt::format("{:+.3f}", *delta);
  if (std::abs(*delta) < 0.0005) return {"0.000"};
  return {text, (*delta > 0) == higher_is_better ? Tone::good : Tone::bad};
}

TableCell count_cell(const std::optional<int64_t>& count) {
  if (!count) return nothing();
  return {fmt::format("{}", *count)};
}

TableCell rank_cell(const std::optional<double>& rank) {
  if (!rank) return nothing();
  return {fmt::format("{}", *rank)};
}

TableCell interval_cell(const std::optional<Interval>& interval) {
  if (!interval) return nothing();
  // A dash between negative numbers would not be told from their signs.
  return {fmt::format("{:.3f}{}{:.3f}", interval->low, interval->low < 0.0 ? " to " : "–",
                      interval->high)};
}

TableCell mean_interval_cell(const MeanInterval& rank) {
  if (rank.half_width) return {fmt::format("±{:.2f}", *rank.half_width)};
  if (!rank.interval) return nothing();
  return {fmt::format("{:.2f}–{:.2f}", rank.interval->low, rank.interval->high)};
}

TableCell told_cell(Told told) {
  switch (told) {
    case Told::better: return {"better", Tone::good};
    case Told::worse: return {"worse", Tone::bad};
    case Told::noise: break;
  }
  return {"cannot tell", Tone::faint};
}

std::string p_text(double p) { return p < 0.001 ? "< 0.001" : fmt::format("{:.3f}", p); }

std::string level_text(double level) { return fmt::format("{:.6g} %", 100.0 * level); }

}  // namespace tuneval
