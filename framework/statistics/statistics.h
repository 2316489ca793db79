#pragma once

/// Pure functions of numbers: nothing here reads a file, a clock or a model, and what is drawn at
/// random is drawn from a stated seed, alike on every system. docs/statistics.md has each method
/// with its source.
///
/// What all of them do with odd input:
/// - nothing to compute from (no rows, one row where a spread is asked for) gives std::nullopt;
/// - all values equal gives an interval without width and a p-value of 1;
/// - a value that is not finite, lists of different lengths, counts or shares out of their range
///   are the caller's mistake and throw tuneval::Error, which says what was expected.
namespace tuneval {

/// A range of values; both ends belong to it.
struct Interval {
  double low = 0.0, high = 0.0;

  bool contains(double value) const { return low <= value && value <= high; }
  bool operator==(const Interval&) const = default;
};

}  // namespace tuneval
