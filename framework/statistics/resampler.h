#pragma once

#include "framework/statistics/draws.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

/// The units that are drawn as wholes: single rows, or groups of rows that belong together (the
/// answers of one conversation, the questions on one passage).
class Resampler {
 public:
  /// `groups`: a name a row, as Example::group; an empty name is a row by itself; no names at all
  /// are as many empty ones. Error where there are names but not one a row.
  explicit Resampler(size_t rows, std::span<const std::string> groups = {});

  /// All rows, unit by unit.
  std::span<const size_t> all() const { return rows_; }
  size_t units() const { return begins_.size() - 1; }
  /// The rows of a unit, ascending. Units are in the order of their first rows.
  std::span<const size_t> unit(size_t index) const {
    return std::span(rows_).subspan(begins_[index], begins_[index + 1] - begins_[index]);
  }

  /// As many units as there are, drawn with replacement: `drawn` gets their rows.
  void draw(Draws& draws, std::vector<size_t>& drawn) const;
  /// `kept` gets the rows of all units but those in [first, last).
  void leave_out(size_t first, size_t last, std::vector<size_t>& kept) const;

 private:
  std::vector<size_t> rows_, begins_;  ///< unit i is rows_[begins_[i]] … rows_[begins_[i + 1] − 1]
};

}  // namespace tuneval
