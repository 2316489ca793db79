#pragma once

#include "tuneval/abi.h"

#include <filesystem>
#include <string>
#include <vector>

namespace tuneval {

/// The steps of loading a plugin behind read_dynamic_symbols (elf_file.h), each throwing a
/// PluginError of its own that begins with the file. load_plugin takes them one after the other;
/// conformance checks take them one by one.

/// Refuses a file whose exported symbols have no ABI tag, several, or one that is not ours.
void check_abi_tag(const std::filesystem::path& file, const std::vector<std::string>& symbols);

/// Refuses a file that others can write (trust.h); dlopen, now and local, and for good. Returns
/// what stands behind the door, unchecked but for null.
const tuneval_plugin_descriptor& open_door(const std::filesystem::path& file);

/// Refuses a descriptor of another size, version or tag, or with a field missing.
void check_descriptor(const std::filesystem::path& file,
                      const tuneval_plugin_descriptor& descriptor);

/// Refuses a plugin whose name is not the file's without ".so".
void check_name(const std::filesystem::path& file, const tuneval_plugin_descriptor& descriptor);

}  // namespace tuneval
