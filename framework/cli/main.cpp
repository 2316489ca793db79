#include "framework/cli/commands.h"
#include "framework/loader/loader.h"
#include "framework/loader/trust.h"
#include "framework/model/memory.h"
#include "sdk/src/cpu_choice.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <torch/version.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace tuneval::cli {

Registry load_registry(const Common& common) {
  std::vector<std::filesystem::path> folders = default_plugin_folders();
  for (const std::string& folder : common.plugin_folders) {
    folders.push_back(std::filesystem::absolute(folder));
  }
  return load_plugins(folders);
}

}  // namespace tuneval::cli

int main(int argc, char** argv) {
  using namespace tuneval::cli;
  tuneval::keep_large_blocks();
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of its writer, with a name
  CLI::App app{
      "tuneval answers with evidence: which small language model should I fine-tune for my task?",
      "tuneval"};
  Common common;
  app.set_version_flag("--version",
                       fmt::format("tuneval {} (LibTorch {})", TUNEVAL_VERSION, TORCH_VERSION));
  app.add_option("--plugins", common.plugin_folders, "A further folder of plugins, or one file")
      ->type_name("DIR");
  app.add_flag_callback(
      "--allow-writable-plugins", [] { ::setenv(tuneval::kAllowWritablePlugins, "1", 1); },
      "Load plugins that other users of this machine can write too");
  app.require_subcommand(1);
  app.fallthrough();
  for (auto add :
       {add_run,   add_plan,   add_cell,    add_submit, add_cancel,  add_node,   add_status,
        add_clean, add_report, add_compare, add_watch,  add_rescore, add_export, add_generate,
        add_serve, add_tune,   add_synth,   add_pack,   add_import,  add_plugins}) {
    add(app, common);
  }
  try {
    tuneval::check_cpu_choice();
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kNothingStarted;
  } catch (const std::exception& error) {
    fmt::print(stderr, "tuneval: {}\n", error.what());
    return kNothingStarted;
  }
  return common.exit_code;
}
