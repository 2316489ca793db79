#pragma once

#include <filesystem>

namespace tuneval {

/// Whether a path that a file of `folder` names stays in that folder: it is relative, has no "..",
/// and no symbolic link on its way leads out. What is not there counts by its name.
bool lies_inside(const std::filesystem::path& folder, const std::filesystem::path& name);

}  // namespace tuneval
