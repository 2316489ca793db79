#include "framework/data/inside.h"

#include <algorithm>
#include <system_error>

namespace tuneval {

bool lies_inside(const std::filesystem::path& folder, const std::filesystem::path& name) {
  const auto goes_up = [](const std::filesystem::path& part) { return part == ".."; };
  if (name.is_absolute() || std::any_of(name.begin(), name.end(), goes_up)) return false;
  std::error_code problem;
  const auto real_folder = std::filesystem::canonical(folder, problem);
  if (problem) return true;
  const auto real = std::filesystem::weakly_canonical(real_folder / name, problem);
  if (problem) return false;  // say, links in a circle
  const auto parts =
      std::mismatch(real_folder.begin(), real_folder.end(), real.begin(), real.end());
  return parts.first == real_folder.end();
}

}  // namespace tuneval
