#include "framework/loader/loader.h"

#include "framework/loader/elf_file.h"
#include "framework/loader/plugin_file.h"
#include "framework/loader/trust.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>

namespace tuneval {

namespace {

namespace fs = std::filesystem;

/// The plugin files of a folder, sorted by name.
std::vector<fs::path> plugins_in(const fs::path& folder) {
  std::vector<fs::path> files;
  try {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
      if (entry.path().extension() == ".so") files.push_back(entry.path());
    }
  } catch (const fs::filesystem_error& error) {
    throw PluginError(fmt::format("{}: the folder of plugins cannot be read: {}", folder.string(),
                                  error.code().message()));
  }
  std::ranges::sort(files);
  return files;
}

/// Lets a plugin fill a registry of its own, so that one that fails half-way leaves nothing behind.
Registry register_apart(const fs::path& file, const tuneval_plugin_descriptor& plugin) {
  Registry registry;
  registry.begin_plugin(plugin.name, plugin.version, file.string());
  const auto refuse = [&](std::string_view what) {
    throw PluginError(
        fmt::format("{}: plugin \"{}\" fails to register: {}", file.string(), plugin.name, what));
  };
  try {
    plugin.register_all(registry);
  } catch (const std::exception& error) {
    refuse(error.what());
  } catch (...) {
    refuse("it throws what is no std::exception");
  }
  return registry;
}

/// The folder that holds bin/ and lib/ of this program.
fs::path installation() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) throw PluginError("/proc/self/exe: cannot be read: " + error.message());
  return program.parent_path().parent_path();
}

}  // namespace

LoadedPlugin load_plugin(Registry& registry, const fs::path& file) {
  check_abi_tag(file, read_dynamic_symbols(file));
  const tuneval_plugin_descriptor& plugin = open_door(file);
  check_descriptor(file, plugin);
  check_name(file, plugin);
  Registry fresh = register_apart(file, plugin);
  try {
    registry.merge(std::move(fresh));
  } catch (const PluginError& error) {
    throw PluginError(fmt::format("{}: {}", file.string(), error.what()));
  }
  return {plugin.name, plugin.version, file};
}

Registry load_plugins(std::span<const fs::path> folders_or_files) {
  Registry registry;
  std::set<fs::path> loaded;
  for (const fs::path& path : folders_or_files) {
    if (!fs::exists(path)) {
      throw PluginError(fmt::format("{}: there is no such plugin or folder", path.string()));
    }
    const bool folder = fs::is_directory(path);
    if (folder) check_plugin_folder_is_trusted(path);
    for (const fs::path& file : folder ? plugins_in(path) : std::vector<fs::path>{path}) {
      std::error_code error;
      const fs::path real = fs::weakly_canonical(file, error);
      if (loaded.insert(error ? file : real).second) load_plugin(registry, file);
    }
  }
  return registry;
}

std::vector<fs::path> default_plugin_folders() {
  std::vector<fs::path> folders = {installation() / "lib" / "tuneval" / "plugins"};
  const char* more = std::getenv("TUNEVAL_PLUGIN_PATH");
  std::string_view rest = more ? more : "";
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(':'), rest.size());
    const fs::path folder = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (folder.empty()) continue;
    if (!folder.is_absolute()) {
      throw PluginError(
          fmt::format("TUNEVAL_PLUGIN_PATH: \"{}\": expected an absolute path", folder.string()));
    }
    folders.push_back(folder);
  }
  return folders;
}

}  // namespace tuneval
