#pragma once

#include "framework/cli/commands.h"
#include "framework/manifest/manifest.h"

#include <string>
#include <vector>

namespace tuneval::cli {

/// What commands that read a manifest share.
struct RunArguments {
  std::string manifest, output;
  std::vector<std::string> set, only;
};

/// The manifest's file, --set, --output and --quiet; what is returned lives as long as the program.
RunArguments* add_run_arguments(CLI::App& command, Common& common);

/// The manifest with its overrides. Throws ManifestError.
Manifest read_manifest_of(const RunArguments& arguments);

}  // namespace tuneval::cli
