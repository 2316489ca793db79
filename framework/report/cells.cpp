#include "framework/report/cells.h"

#include <fmt/format.h>

#include <cmath>

namespace tuneval {
namespace {

const TableCell kNothing = {"–", Tone::faint};

}  // namespace

TableCell number_cell(const std::optional<double>& value) {
  if (!value) return kNothing;
  return {fmt::format("{:.3f}", *value)};
}

TableCell score_cell(const std::optional<StageScore>& score) {
  return number_cell(score ? std::optional(score->value) : std::nullopt);
}

TableCell delta_cell(const std::optional<double>& delta, bool higher_is_better) {
  if (!delta) return kNothing;
  const std::string text = fmt::format("{:+.3f}", *delta);
  if (std::abs(*delta) < 0.0005) return {"0.000"};
  return {text, (*delta > 0) == higher_is_better ? Tone::good : Tone::bad};
}

TableCell count_cell(const std::optional<int64_t>& count) {
  if (!count) return kNothing;
  return {fmt::format("{}", *count)};
}

}  // namespace tuneval
