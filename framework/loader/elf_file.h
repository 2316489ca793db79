#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tuneval {

/// Refuses what dlopen could only refuse in its own words: a file that is not there, is no regular
/// file, is no ELF file, is cut off, is built for another machine, or is no shared library. Throws
/// PluginError.
void check_elf_file(const std::filesystem::path& file);

/// Names of the symbols that a shared library defines for others, as its dynamic symbol table has
/// them; none of its code runs. Throws PluginError for a file that check_elf_file refuses or that
/// is damaged.
std::vector<std::string> read_dynamic_symbols(const std::filesystem::path& file);

}  // namespace tuneval
