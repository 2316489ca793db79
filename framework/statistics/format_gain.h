#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace tuneval {

/// One test row before tuning and after: whether the completion had the form that the task asks
/// for, and its score.
struct BeforeAfter {
  bool base_parsed = false, tuned_parsed = false;
  double base = 0.0, tuned = 0.0;
};

/// The rows of one kind, and what they add to the gain: Σ (tuned − base) / all rows.
struct GainPart {
  int64_t rows = 0;
  double gain = 0.0;
};

/// A gain in the mean score, taken apart by form.
struct FormatGain {
  double gain = 0.0;  ///< tuned − base, of all rows; the sum of the four parts
  GainPart became_valid, stayed_valid, became_invalid, stayed_invalid;

  /// With v the share of valid answers and a the mean score of the valid ones, before and after,
  /// and as long as an invalid answer scores 0: gain = by_form + by_content, by_form = (v₁ −
  /// v₀)·(a₀ + a₁)/2 and by_content = (a₁ − a₀)·(v₀ + v₁)/2. What the gain would be had only the
  /// number of valid answers changed, and what if only how good they are. Kitagawa, JASA 50 (1955).
  /// Where no answer was valid before, a₀ cannot be seen, and both are none; as where none is valid
  /// after, or an invalid answer scored other than 0.
  std::optional<double> by_form, by_content;
};

/// None for no rows. Scores better when higher (negate the others). Error for what is not finite.
std::optional<FormatGain> format_gain(std::span<const BeforeAfter> rows);

}  // namespace tuneval
