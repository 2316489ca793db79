#pragma once

#include "framework/record/json_object.h"
#include "framework/statistics/statistics.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>

namespace tuneval {

/// What summary.json has for a figure that may be missing: null. Numbers that are not finite are
/// texts, as in records (json_number).
inline nlohmann::ordered_json or_null(const std::optional<int64_t>& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}
inline nlohmann::ordered_json or_null(const std::optional<double>& value) {
  return value ? json_number(*value) : nlohmann::ordered_json(nullptr);
}
inline nlohmann::ordered_json or_null(const std::optional<Interval>& interval) {
  if (!interval) return nullptr;
  return {json_number(interval->low), json_number(interval->high)};
}

}  // namespace tuneval
