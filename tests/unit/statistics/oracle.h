#pragma once

#include "framework/statistics/statistics.h"

#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace tuneval::test {

using Json = nlohmann::ordered_json;

inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// A part of what oracle/make_fixtures.py wrote; it has cases.
inline Json oracle(const std::string& part) {
  std::ifstream file(TUNEVAL_SOURCE_DIR "/tests/unit/statistics/oracle/statistics.json");
  const Json cases = Json::parse(file).at(part);
  EXPECT_FALSE(cases.empty());
  return cases;
}

inline std::vector<double> numbers(const Json& json) { return json.get<std::vector<double>>(); }
inline std::vector<std::vector<double>> rows_of(const Json& json) {
  return json.get<std::vector<std::vector<double>>>();
}

/// `expected` is [low, high].
inline void expect_near(const Interval& interval, const Json& expected, double error,
                        const std::string& where) {
  EXPECT_NEAR(interval.low, expected[0].get<double>(), error) << where;
  EXPECT_NEAR(interval.high, expected[1].get<double>(), error) << where;
}

}  // namespace tuneval::test
