#include "framework/statistics/resampler.h"

#include "framework/statistics/sample.h"

#include <map>
#include <string_view>

namespace tuneval {

Resampler::Resampler(size_t rows, std::span<const std::string> groups) {
  if (!groups.empty()) require_same_length(rows, groups.size(), "rows and names of groups");
  std::map<std::string_view, size_t> places;
  std::vector<std::vector<size_t>> units;
  for (size_t row = 0; row < rows; ++row) {
    size_t place = units.size();
    if (!groups.empty() && !groups[row].empty()) {
      place = places.try_emplace(groups[row], place).first->second;
    }
    if (place == units.size()) units.emplace_back();
    units[place].push_back(row);
  }
  rows_.reserve(rows);
  begins_.push_back(0);
  for (const std::vector<size_t>& unit : units) {
    rows_.insert(rows_.end(), unit.begin(), unit.end());
    begins_.push_back(rows_.size());
  }
}

void Resampler::draw(Draws& draws, std::vector<size_t>& drawn) const {
  drawn.clear();
  for (size_t i = 0; i < units(); ++i) {
    const std::span<const size_t> one = unit(draws.below(units()));
    drawn.insert(drawn.end(), one.begin(), one.end());
  }
}

void Resampler::leave_out(size_t first, size_t last, std::vector<size_t>& kept) const {
  kept.assign(rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(begins_[first]));
  kept.insert(kept.end(), rows_.begin() + static_cast<std::ptrdiff_t>(begins_[last]), rows_.end());
}

}  // namespace tuneval
