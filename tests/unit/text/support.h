#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace tuneval::test {

/// The folder of shared data; empty where there is none.
inline std::filesystem::path shared_data() {
  const char* named = std::getenv("TUNEVAL_SHARED_DATA");
  const std::filesystem::path folder = named != nullptr ? named : TUNEVAL_SHARED_DATA_DIR;
  return std::filesystem::is_directory(folder) ? folder : std::filesystem::path();
}

/// Ends the test where the shared data is absent: as skipped on a developer's machine, as failed in
/// CI.
#define TUNEVAL_NEED_SHARED_DATA()                                       \
  if (tuneval::test::shared_data().empty()) {                            \
    if (std::getenv("CI") != nullptr) FAIL() << "no shared data folder"; \
    GTEST_SKIP() << "no shared data folder";                             \
  }                                                                      \
  static_assert(true)

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void write_text(const std::filesystem::path& path, std::string_view text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

/// A folder of its own for each test, gone with it.
class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "tuneval-text-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The message of the `Failed` that `call` throws; empty, with a failure noted, where it does not.
template <class Failed, class Call>
std::string message_of(Call&& call) {
  try {
    call();
  } catch (const Failed& error) {
    return error.what();
  } catch (const std::exception& error) {
    ADD_FAILURE() << "another error: " << error.what();
    return {};
  }
  ADD_FAILURE() << "no error";
  return {};
}

inline void expect_contains(const std::string& text, std::string_view part) {
  EXPECT_NE(text.find(part), std::string::npos) << "\"" << part << "\" is not in: " << text;
}

}  // namespace tuneval::test
