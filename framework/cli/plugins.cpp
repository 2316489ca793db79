#include "framework/cli/plugin_commands.h"

#include <fmt/format.h>

namespace tuneval::cli {

namespace {

void list_plugins(const Common& common) {
  const Registry registry = load_registry(common);
  fmt::print("{:<16} {:<14} {:<16} {:<9} {}\n", "name", "kind", "plugin", "version", "file");
  for (const Registry::Entry& entry : registry.entries()) {
    fmt::print("{:<16} {:<14} {:<16} {:<9} {}\n", entry.name, entry.kind, entry.plugin,
               entry.version, entry.file);
  }
}

}  // namespace

void add_plugins(CLI::App& app, Common& common) {
  CLI::App* plugins = app.add_subcommand("plugins", "List plugins, check one, or begin one");
  plugins->require_subcommand(1);
  plugins->add_subcommand("list", "Name, kind, version and file of all that is loaded")
      ->callback([&common] { list_plugins(common); });
  add_plugins_check(*plugins, common);
  add_plugins_new(*plugins, common);
}

}  // namespace tuneval::cli
