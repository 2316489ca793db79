#include "framework/data/rows.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace tuneval {
namespace {

/// Checks every code block behind a line `<!-- from FILE -->`; returns how many there are.
int64_t check_blocks(const std::string& name, std::string_view text) {
  constexpr std::string_view kMark = "<!-- from ";
  int64_t blocks = 0;
  for (size_t at = 0; (at = text.find(kMark, at)) != std::string_view::npos; ++blocks) {
    at += kMark.size();
    const std::string file(text.substr(at, text.find(" -->", at) - at));
    const size_t begin = text.find('\n', text.find("```", at)) + 1;
    const size_t end = text.find("```", begin);
    const std::string source = read_file(std::filesystem::path(TUNEVAL_SOURCE_DIR) / file);
    EXPECT_NE(source.find(text.substr(begin, end - begin)), std::string::npos)
        << name << ": a block differs from " << file << ":\n"
        << text.substr(begin, end - begin);
  }
  return blocks;
}

TEST(DocsTest, CodeIsCutFromTheFilesItNames) {
  int64_t blocks = 0;
  for (const auto& entry : std::filesystem::directory_iterator(TUNEVAL_SOURCE_DIR "/docs")) {
    if (entry.path().extension() != ".md") continue;
    blocks += check_blocks(entry.path().filename().string(), read_file(entry.path()));
  }
  EXPECT_GE(blocks, 9);
}

}  // namespace
}  // namespace tuneval
