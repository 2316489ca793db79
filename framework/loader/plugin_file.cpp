#include "framework/loader/plugin_file.h"

#include "framework/loader/abi_tag.h"
#include "framework/loader/refuse.h"
#include "framework/loader/trust.h"
#include "tuneval/error.h"

// The standard's paths in place of Boost.Filesystem's.
#define BOOST_DLL_USE_STD_FS
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/core/demangle.hpp>
#include <boost/dll/shared_library.hpp>

#include <algorithm>
#include <mutex>
#include <regex>

namespace tuneval {

namespace {

namespace fs = std::filesystem;

/// Keeps a library until the process ends. On purpose not even destroyed then: other static objects
/// may still hold what it made.
void keep(boost::dll::shared_library library) {
  static std::mutex mutex;
  static auto& kept = *new std::vector<boost::dll::shared_library>;
  const std::lock_guard lock(mutex);
  kept.push_back(std::move(library));
}

/// What dlopen says, without the path (which stands first in our message) and with C++ names
/// readable.
std::string reason_of(const fs::path& file, std::string message) {
  static const std::regex wrapped("dlerror system message: (.*)\\)");
  static const std::regex undefined("undefined symbol: ([A-Za-z0-9_.$]+)");
  static const std::regex missing(
      "([^ :(]+): cannot open shared object file: No such file or directory");
  std::smatch match;
  if (std::regex_search(message, match, wrapped)) message = match[1].str();
  if (std::regex_search(message, match, undefined)) {
    return fmt::format(
        "needs the symbol {}, which neither it nor a library that it links has: link its sources "
        "with -Wl,-z,defs (tuneval_add_plugin does) to see this when it is built",
        boost::core::demangle(match[1].str().c_str()));
  }
  if (std::regex_search(message, match, missing) && match[1].str() != file.string()) {
    return fmt::format("needs the library {}, which is not found", match[1].str());
  }
  return "cannot be loaded: " + message;
}

}  // namespace

void check_abi_tag(const fs::path& file, const std::vector<std::string>& symbols) {
  std::vector<std::string> tags;
  std::ranges::copy_if(symbols, std::back_inserter(tags),
                       [](const std::string& name) { return name.starts_with(kAbiTagPrefix); });
  if (tags.empty()) refuse(file, "is no tuneval plugin: it exports no ABI tag");
  if (tags.size() > 1) {
    refuse(file, fmt::format("exports {} ABI tags ({}): expected one TUNEVAL_PLUGIN in a plugin",
                             tags.size(), fmt::join(tags, ", ")));
  }
  const std::string difference = difference_of_tags(tags.front(), TUNEVAL_ABI_TAG_STRING);
  if (difference.empty()) return;
  refuse(file,
         fmt::format("is built for another tuneval: {}; build it again against this one's SDK",
                     difference));
}

const tuneval_plugin_descriptor& open_door(const fs::path& file) {
  using boost::dll::load_mode::rtld_local;
  using boost::dll::load_mode::rtld_now;
  check_plugin_file_is_trusted(file);
  boost::dll::shared_library library;
  try {
    library.load(fs::absolute(file), rtld_now | rtld_local);
  } catch (const fs::filesystem_error& error) {
    refuse(file, error.what());
  } catch (const std::system_error& error) {
    refuse(file, reason_of(fs::absolute(file), error.what()));
  }
  const bool has_door = library.has(TUNEVAL_PLUGIN_DOOR_STRING);
  using Door = const tuneval_plugin_descriptor*();
  Door* door = has_door ? &library.get<Door>(TUNEVAL_PLUGIN_DOOR_STRING) : nullptr;
  keep(std::move(library));
  if (!door) refuse(file, "has an ABI tag but does not export " TUNEVAL_PLUGIN_DOOR_STRING);
  const tuneval_plugin_descriptor* descriptor = door();
  if (!descriptor) refuse(file, TUNEVAL_PLUGIN_DOOR_STRING " returns no descriptor");
  return *descriptor;
}

void check_descriptor(const fs::path& file, const tuneval_plugin_descriptor& descriptor) {
  // The size first: what lies behind it may not be there.
  if (descriptor.size != sizeof descriptor) {
    refuse(file, fmt::format("its descriptor has {} bytes: expected {}", descriptor.size,
                             sizeof descriptor));
  }
  if (descriptor.api_version != TUNEVAL_API_VERSION) {
    refuse(file, fmt::format("its descriptor says plugin API {}: expected {}",
                             descriptor.api_version, TUNEVAL_API_VERSION));
  }
  if (!descriptor.abi_tag || !descriptor.name || !descriptor.version || !descriptor.register_all) {
    const char* field = !descriptor.abi_tag   ? "abi_tag"
                        : !descriptor.name    ? "name"
                        : !descriptor.version ? "version"
                                              : "register_all";
    refuse(file, fmt::format("its descriptor's {} is null", field));
  }
  const std::string difference = difference_of_tags(descriptor.abi_tag, TUNEVAL_ABI_TAG_STRING);
  if (!difference.empty()) {
    refuse(file, fmt::format("its descriptor's ABI tag is not the one it exports: {}", difference));
  }
}

void check_name(const fs::path& file, const tuneval_plugin_descriptor& descriptor) {
  const std::string expected = file.stem().string();
  if (descriptor.name == expected) return;
  refuse(file, fmt::format("calls itself \"{}\": expected \"{}\", the file's name without .so",
                           descriptor.name, expected));
}

}  // namespace tuneval
