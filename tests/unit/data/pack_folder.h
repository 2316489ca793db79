#pragma once

#include "tuneval/error.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace tuneval {

/// A folder of its own for each test; gone when the test is done.
class PackFolder : public testing::Test {
 protected:
  PackFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tuneval_XXXXXX").string();
    folder = mkdtemp(pattern.data());
  }
  ~PackFolder() override { std::filesystem::remove_all(folder); }

  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((folder / name).parent_path());
    std::ofstream(folder / name, std::ios::binary) << text;
    return folder / name;
  }

  /// `text` with the folder in place of "@".
  std::string at(std::string text) const {
    for (size_t i = 0; (i = text.find('@', i)) != std::string::npos;) {
      text.replace(i, 1, folder.string());
      i += folder.string().size();
    }
    return text;
  }

  std::filesystem::path folder;
};

/// The message of the error that `action` throws; fails when it throws none of that kind.
template <typename Kind = DataError, typename Action>
std::string message_of(Action action) {
  try {
    action();
  } catch (const Kind& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

}  // namespace tuneval
