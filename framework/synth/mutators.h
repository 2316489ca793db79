#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval {

/// What makes rows differ from each other beyond what a teacher does by itself: of each mutator one
/// level is drawn for a request.
struct Mutator {
  std::string_view name;
  std::span<const std::string_view> levels;  ///< sentences of the request, from little to much
};

/// Throws ManifestError, which lists them, where there is no such mutator.
const Mutator& mutator(std::string_view name);

}  // namespace tuneval
