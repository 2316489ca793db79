#pragma once

#include "framework/manifest/manifest.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace tuneval {

/// Manifests as text, written to a folder of the test's own.
class ManifestTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() /
              fmt::format("tuneval_{}_{}", info->name(), ::getpid());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const std::string& text) const {
    const std::filesystem::path file = folder_ / "run.toml";
    std::ofstream(file, std::ios::binary) << text;
    return file;
  }
  Manifest read(const std::string& text, const std::vector<std::string>& overrides = {}) const {
    return read_manifest(write(text), overrides);
  }
  /// The message, without the folder that the file lies in.
  std::string error(const std::string& text, const std::vector<std::string>& overrides = {}) const {
    try {
      read(text, overrides);
    } catch (const ManifestError& error) {
      std::string message = error.what();
      const std::string prefix = folder_.string() + "/";
      for (size_t at; (at = message.find(prefix)) != message.npos;)
        message.erase(at, prefix.size());
      return message;
    }
    return "no error";
  }

  std::filesystem::path folder_;
};

inline const std::string kEntries =
    "[[models]]\npath = \"models/qwen\"\n[[tasks]]\npack = \"packs/trec\"\n";

}  // namespace tuneval
