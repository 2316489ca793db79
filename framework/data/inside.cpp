#include "framework/data/inside.h"

#include <algorithm>
#include <system_error>

namespace tuneval {

bool lies_inside(const std::filesystem::path& folder, const std::filesystem::path& name) {
  if (name.is_absolute() || std::ranges::find(name, "..") != name.end()) return false;
  std::error_code problem;
  const auto real_folder = std::filesystem::canonical(folder, problem);
  if (problem) return true;
  const auto real = std::filesystem::weakly_canonical(real_folder / name, problem);
  if (problem) return false;  // say, links in a circle
  return std::ranges::mismatch(real_folder, real).in1 == real_folder.end();
}

}  // namespace tuneval
