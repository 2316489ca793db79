#include "framework/data/new_folder.h"

#include "framework/data/rows.h"
#include "pack_folder.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <vector>

namespace tuneval {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

class NewFolderTest : public PackFolder {
 protected:
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      names.push_back(entry.path().lexically_relative(folder).string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
};

TEST_F(NewFolderTest, IsThereOnlyWhenFinished) {
  {
    const NewFolder made(folder / "made");
    made.write("x", "x");
    EXPECT_FALSE(std::filesystem::exists(folder / "made"));
  }
  EXPECT_THAT(names(), IsEmpty());
  NewFolder made(folder / "deep/made/");
  made.write("x", "all of it");
  std::filesystem::create_directory(made.path() / "in");
  made.finish();
  EXPECT_THAT(names(), ElementsAre("deep", "deep/made", "deep/made/in", "deep/made/x"));
  EXPECT_EQ(read_file(folder / "deep/made/x"), "all of it");
}

TEST_F(NewFolderTest, TwoOfOneNameDoNotMeet) {
  NewFolder first(folder / "made"), second(folder / "made");
  EXPECT_NE(first.path(), second.path());
  first.write("x", "first");
  second.write("x", "second");
  first.finish();
  EXPECT_THAT(message_of<Error>([&] { second.finish(); }),
              StartsWith(at("@/made: cannot be written: ")));
  EXPECT_EQ(read_file(folder / "made/x"), "first");
}

TEST_F(NewFolderTest, WhatIsThereIsRefused) {
  write("full/x", "x");
  EXPECT_EQ(message_of<ManifestError>([&] { free_place(folder / "full/"); }),
            at("@/full: is not empty: expected a new or empty folder"));
  EXPECT_EQ(message_of<ManifestError>([&] { const NewFolder made(folder / "full/x"); }),
            at("@/full/x: is a file: expected a new or empty folder"));
  EXPECT_EQ(message_of<Error>([&] { const NewFolder made(folder / "full/x/y"); }),
            at("@/full/x/y: cannot be written: Not a directory"));
  std::filesystem::create_directory(folder / "empty");
  EXPECT_EQ(free_place(folder / "empty/"), folder / "empty");
  EXPECT_THAT(names(), ElementsAre("empty", "full", "full/x"));
}

}  // namespace
}  // namespace tuneval
