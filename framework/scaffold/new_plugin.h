#pragma once

#include "tuneval/plugin.h"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace tuneval {

/// What a plugin begun by `tuneval plugins new` registers.
enum class PluginKind { model, task, metric };

/// A file of a template, a plugin that builds and passes its checks as it stands.
struct TemplateFile {
  PluginKind kind;
  std::string_view name;  ///< "plugin.cpp" becomes NAME.cpp
  std::string_view text;  ///< with the names "new_model" and "NewModel", or those of its own kind
};

/// The files of sdk/templates, which are a part of the program.
std::span<const TemplateFile> template_files();

/// Writes a plugin to start from at `destination`, which must not exist or be an empty folder:
/// CMakeLists.txt for an installed tuneval, NAME.cpp, README.md, with a test that runs
/// `tuneval plugins check`. A family's `model_type` is its name. It appears whole or not at all.
///
/// Throws ManifestError for a name that is not small letters, digits and underscores behind a
/// letter, or that a plugin of `registry`, or what one registered, bears already; what NewFolder
/// throws for `destination`.
void write_new_plugin(const Registry& registry, PluginKind kind, const std::string& name,
                      const std::filesystem::path& destination);

}  // namespace tuneval
