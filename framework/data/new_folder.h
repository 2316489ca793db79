#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tuneval {

/// A file that is to be written: its name and all that it holds.
struct NewFile {
  std::string name, text;
};

/// The folder that a destination names, as an absolute path without a slash at its end. Throws
/// DataError unless there is nothing at it, or an empty folder.
std::filesystem::path new_folder(const std::filesystem::path& destination);

/// Makes the folder that new_folder() named, with these files: whole, or not at all. They are
/// written into a folder of a new name beside it, which is then moved there; what else lies beside
/// it is left alone. Throws DataError where it cannot be written.
void write_folder(const std::filesystem::path& folder, const std::vector<NewFile>& files);

}  // namespace tuneval
