#include "framework/cli/run_arguments.h"

#include <filesystem>

namespace tuneval::cli {

RunArguments* add_run_arguments(CLI::App& command, Common& common) {
  auto* arguments = new RunArguments;  // lives as long as the program's one parser
  command.add_option("manifest", arguments->manifest, "The run's TOML file")
      ->required()
      ->type_name("FILE");
  command.add_option("--set", arguments->set, "Override a key, e.g. tuning.epochs=1")
      ->type_name("KEY=VALUE")
      ->take_all();
  command.add_option("--output", arguments->output, "Run folder, in place of run.output")
      ->type_name("DIR");
  command.add_flag("--quiet,-q", common.quiet, "Say nothing but failures");
  return arguments;
}

Manifest read_manifest_of(const RunArguments& arguments) {
  Manifest manifest = read_manifest(arguments.manifest, arguments.set);
  if (!arguments.output.empty()) manifest.output = std::filesystem::absolute(arguments.output);
  return manifest;
}

}  // namespace tuneval::cli
