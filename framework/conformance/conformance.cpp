#include "framework/conformance/conformance.h"

#include "framework/conformance/checker.h"
#include "framework/conformance/subject_checks.h"
#include "framework/loader/abi_tag.h"
#include "framework/loader/elf_file.h"
#include "framework/loader/loader.h"
#include "framework/loader/plugin_file.h"
#include "tuneval/error.h"

#include <fmt/ranges.h>

namespace tuneval {

namespace {

namespace fs = std::filesystem;

std::string check_door_and_tag(const fs::path& file) {
  check_abi_tag(file, read_dynamic_symbols(file));
  const tuneval_plugin_descriptor& plugin = open_door(file);
  check_descriptor(file, plugin);
  return fmt::format("version {}, {}", plugin.version, plugin.abi_tag);
}

std::string check_registers_something(const fs::path& file, Registry& registry) {
  load_plugin(registry, file);
  std::vector<std::string> things;
  for (const Registry::Entry& entry : registry.entries()) {
    things.push_back(fmt::format("{} {}", entry.kind, entry.name));
  }
  if (things.empty()) fail_check("nothing was registered");
  return fmt::format("{}", fmt::join(things, ", "));
}

std::string check_registering_twice(const fs::path& file, Registry& registry) {
  const size_t before = registry.entries().size();
  try {
    load_plugin(registry, file);
  } catch (const PluginError& error) {
    if (registry.entries().size() != before) fail_check("it was refused and yet left something");
    return error.what();
  }
  fail_check("a second registration was taken: the names differ from one to the next");
}

std::string check_exports(const fs::path& file) {
  std::vector<std::string> others;
  for (const std::string& symbol : read_dynamic_symbols(file)) {
    if (symbol != TUNEVAL_PLUGIN_DOOR_STRING && !symbol.starts_with(kAbiTagPrefix)) {
      others.push_back(symbol);
    }
  }
  if (others.empty()) return "the door and the ABI tag";
  constexpr size_t kMostShown = 5;
  const size_t count = others.size();
  others.resize(std::min(count, kMostShown));
  fail_check("it exports {} more: {}{}; build it with tuneval_add_plugin", count,
             fmt::join(others, ", "), count > kMostShown ? ", …" : "");
}

/// The checks of the file as a whole; false when nothing can be said of what it registers.
bool check_file(const fs::path& file, Registry& registry, std::vector<CheckResult>& results) {
  Checker checker("plugin", file.stem().string(), results);
  if (!checker.run("door-and-tag", [&] { return check_door_and_tag(file); })) {
    checker.skip_rest("the door could not be opened");
    return false;
  }
  const bool named = checker.run("name-matches-file", [&] {
    const tuneval_plugin_descriptor& plugin = open_door(file);
    check_name(file, plugin);
    return std::string(plugin.name);
  });
  const bool registered = named && checker.run("registers-something", [&] {
    return check_registers_something(file, registry);
  });
  if (registered) {
    checker.run("registering-twice-is-refused",
                [&] { return check_registering_twice(file, registry); });
  }
  checker.run("exports-only-the-door", [&] { return check_exports(file); });
  checker.skip_rest("the plugin could not register");
  return registered;
}

}  // namespace

std::vector<CheckResult> check_plugin(const fs::path& file, const CheckOptions& options) {
  std::vector<CheckResult> results;
  Registry registry;
  if (!check_file(file, registry, results)) return results;
  for (const Registry::Entry& entry : registry.entries()) {
    if (entry.kind == "model family") check_family(registry, entry.name, options, results);
    if (entry.kind == "task type") check_task_type(registry, entry.name, options, results);
    if (entry.kind == "metric") check_metric(registry, entry.name, options, results);
  }
  return results;
}

}  // namespace tuneval
