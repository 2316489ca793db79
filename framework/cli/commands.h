#pragma once

#include <CLI/CLI.hpp>

#include "tuneval/plugin.h"

#include <filesystem>
#include <string>
#include <vector>

namespace tuneval::cli {

/// Exit codes: all cells done; some failed; nothing could start; the plan is no longer what comes
/// of the manifest; none failed, but some are left.
enum ExitCode {
  kDone = 0,
  kSomeFailed = 1,
  kNothingStarted = 2,
  kPlanChanged = 3,
  kSomeLeft = 4,
};

/// What every command shares.
struct Common {
  std::vector<std::string> plugin_folders;  ///< --plugins, beside the default ones
  bool quiet = false;
  int exit_code = kDone;
};

/// All plugins of the default folders and of --plugins.
Registry load_registry(const Common& common);

// Each adds its command to the program.
void add_run(CLI::App& app, Common& common);
void add_plan(CLI::App& app, Common& common);
void add_cell(CLI::App& app, Common& common);
void add_submit(CLI::App& app, Common& common);
void add_node(CLI::App& app, Common& common);  ///< what a submitted task asks first
void add_cancel(CLI::App& app, Common& common);
void add_status(CLI::App& app, Common& common);
void add_clean(CLI::App& app, Common& common);
void add_report(CLI::App& app, Common& common);
void add_compare(CLI::App& app, Common& common);
void add_watch(CLI::App& app, Common& common);
void add_rescore(CLI::App& app, Common& common);
void add_plugins(CLI::App& app, Common& common);
void add_pack(CLI::App& app, Common& common);
void add_import(CLI::App& app, Common& common);
void add_generate(CLI::App& app, Common& common);
void add_serve(CLI::App& app, Common& common);
void add_tune(CLI::App& app, Common& common);
void add_export(CLI::App& app, Common& common);
void add_synth(CLI::App& app, Common& common);

}  // namespace tuneval::cli
