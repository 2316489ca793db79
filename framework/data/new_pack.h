#pragma once

#include "tuneval/plugin.h"

#include <filesystem>
#include <string>

namespace tuneval {

/// Writes a pack to start from at `destination`, which must not exist or be an empty folder: the
/// task type's own sample with its options, its rows repeated with a date of their own in the text
/// that is asked, 24 to train on and 20 to test on. check_pack finds no error in it. It appears
/// whole or not at all.
///
/// Throws PluginError for an unknown task type, or one whose sample cannot be varied; ManifestError
/// for an empty name; what NewFolder throws for `destination`.
void write_new_pack(const Registry& registry, const std::string& name, const std::string& task_type,
                    const std::filesystem::path& destination);

}  // namespace tuneval
