#include "framework/manifest/nearest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

namespace tuneval {

// Optimal string alignment: Levenshtein's table with the swap of two neighbours as one more move.
int64_t edit_distance(std::string_view left, std::string_view right) {
  const size_t columns = right.size() + 1;
  std::vector<std::vector<int64_t>> table(left.size() + 1, std::vector<int64_t>(columns));
  for (size_t i = 0; i <= left.size(); ++i) table[i][0] = static_cast<int64_t>(i);
  for (size_t j = 0; j < columns; ++j) table[0][j] = static_cast<int64_t>(j);
  for (size_t i = 1; i <= left.size(); ++i) {
    for (size_t j = 1; j < columns; ++j) {
      const int64_t replaced = table[i - 1][j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
      table[i][j] = std::min({table[i - 1][j] + 1, table[i][j - 1] + 1, replaced});
      const bool swapped =
          i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
      if (swapped) table[i][j] = std::min(table[i][j], table[i - 2][j - 2] + 1);
    }
  }
  return table[left.size()][right.size()];
}

std::string suggestion(std::string_view unknown, std::span<const std::string> known) {
  if (known.empty()) return {};
  const auto distance = [&](const std::string& word) { return edit_distance(unknown, word); };
  const auto nearest = std::ranges::min_element(known, {}, distance);
  // Up to a third of the word may be wrong: further away a guess misleads.
  const auto near = static_cast<int64_t>(std::max(unknown.size(), nearest->size()) / 3);
  if (distance(*nearest) <= std::max<int64_t>(near, 1)) {
    return fmt::format("did you mean \"{}\"?", *nearest);
  }
  return fmt::format("known are \"{}\"", fmt::join(known, "\", \""));
}

}  // namespace tuneval
