#include "framework/data/durable.h"

#include "framework/data/hash.h"
#include "tests/support/folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <system_error>

namespace tuneval {
namespace {

namespace fs = std::filesystem;

TEST(DurableTest, FoldersAreMadeAndKnownOnesLeft) {
  const test::TempFolder folder;
  const fs::path deep = folder.path() / "a/b/c";
  EXPECT_EQ(make_folders_durably(deep), std::error_code());
  EXPECT_TRUE(fs::is_directory(deep));
  test::write_text(deep / "file", "x");
  EXPECT_EQ(make_folders_durably(deep), std::error_code());
  EXPECT_EQ(test::read_text(deep / "file"), "x");
}

TEST(DurableTest, AFileInTheWayIsTheReason) {
  const test::TempFolder folder;
  test::write_text(folder.path() / "file", "x");
  EXPECT_EQ(make_folders_durably(folder.path() / "file"), std::errc::not_a_directory);
  EXPECT_EQ(make_folders_durably(folder.path() / "file/inner"), std::errc::not_a_directory);
}

TEST(DurableTest, AFileIsReplacedAndNothingElseStays) {
  const test::TempFolder folder;
  const fs::path file = folder.path() / "file";
  EXPECT_FALSE(replace_file(file, "old"));
  EXPECT_FALSE(replace_file(file, "new"));
  EXPECT_EQ(test::read_text(file), "new");
  const auto entries = fs::directory_iterator(folder.path());
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
}

TEST(DurableTest, WhatCannotBeReplacedStays) {
  const test::TempFolder folder;
  const fs::path file = folder.path() / "folder";
  fs::create_directories(file / "inner");
  EXPECT_TRUE(replace_file(file, "x"));
  EXPECT_TRUE(fs::is_directory(file / "inner"));
  const auto entries = fs::directory_iterator(folder.path());
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
  EXPECT_EQ(replace_file(folder.path() / "none/file", "x"), std::errc::no_such_file_or_directory);
}

TEST(DurableTest, WhatIsNotThereCannotBeOnTheDisk) {
  const test::TempFolder folder;
  EXPECT_FALSE(sync_path(folder.path()));
  EXPECT_EQ(sync_path(folder.path() / "none"), std::errc::no_such_file_or_directory);
}

TEST(DurableTest, Sha256IsThatOfTheStandard) {  // FIPS 180-2, appendix B.1
  Sha256 hash;
  hash.add("a");
  hash.add("bc");
  EXPECT_EQ(hash.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace tuneval
