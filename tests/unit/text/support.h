#pragma once

#include "tests/support/folder.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
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

inline void expect_contains(const std::string& text, std::string_view part) {
  EXPECT_NE(text.find(part), std::string::npos) << "\"" << part << "\" is not in: " << text;
}

}  // namespace tuneval::test
