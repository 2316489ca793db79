#pragma once

#include "tuneval/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tuneval {

/// The names that a manifest gives the values of an enumeration.
template <class Value, size_t kCount>
struct Names {
  std::array<std::pair<Value, std::string_view>, kCount> pairs;

  constexpr std::string_view name(Value wanted) const {
    for (const auto& [one, text] : pairs) {
      if (one == wanted) return text;
    }
    return {};
  }
  std::vector<std::string> all() const {
    std::vector<std::string> names;
    for (const auto& pair : pairs) names.emplace_back(pair.second);
    return names;
  }
  /// Throws ManifestError naming the names there are; `what` says of what.
  Value value(std::string_view wanted, std::string_view what) const {
    for (const auto& [one, text] : pairs) {
      if (text == wanted) return one;
    }
    throw ManifestError(fmt::format("the {} \"{}\" is unknown: expected \"{}\"", what, wanted,
                                    fmt::join(all(), "\" or \"")));
  }
};

}  // namespace tuneval
