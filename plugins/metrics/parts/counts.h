#pragma once

#include "tuneval/metric/metric.h"

#include <string>
#include <vector>

/// How many things are right, were given, and were expected: leaves, entities, examples of a class.
struct Counts {
  double hits = 0, given = 0, expected = 0;

  Counts& operator+=(const Counts& other) {
    hits += other.hits;
    given += other.given;
    expected += other.expected;
    return *this;
  }
  /// 0 where nothing was given, or nothing expected.
  double precision() const { return given > 0 ? hits / given : 0.0; }
  double recall() const { return expected > 0 ? hits / expected : 0.0; }
  /// Their harmonic mean, written without its divisions by zero; 1 where nothing was expected and
  /// nothing given.
  double f1() const { return given + expected > 0 ? 2 * hits / (given + expected) : 1.0; }
};

/// Adds the figures of the counts that bear this name.
inline void add_details(const std::string& name, const Counts& counts,
                        std::vector<tuneval::MetricDetail>& details) {
  details.push_back({name + ": precision", counts.precision()});
  details.push_back({name + ": recall", counts.recall()});
  details.push_back({name + ": F1", counts.f1()});
  details.push_back({name + ": support", counts.expected});
}
