#include "framework/loader/loader.h"

#include "framework/loader/abi_tag.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::SizeIs;
using testing::ThrowsMessage;

constexpr std::string_view kTag =
    "tuneval_abi_1_torch_2_15_0_cxx20_gxx1017_cxx11abi1_plain_sdk_74fb87fbd91e";

TEST(AbiTag, EqualTagsDoNotDiffer) { EXPECT_EQ(difference_of_tags(kTag, kTag), ""); }

TEST(AbiTag, OursHasTheKnownForm) {
  // Else every difference would be told as two long names.
  EXPECT_THAT(difference_of_tags(kTag.substr(0, kTag.size() - 12), TUNEVAL_ABI_TAG_STRING),
              HasSubstr("in place of tuneval_abi_"));
  EXPECT_THAT(difference_of_tags("tuneval_abi_9_torch_1_0_0_cxx17_gxx1_cxx11abi0_other_sdk_0",
                                 TUNEVAL_ABI_TAG_STRING),
              testing::StartsWith("plugin API 9 in place of 1, LibTorch 1.0.0 in place of "));
}

TEST(AbiTag, EveryPartIsNamed) {
  EXPECT_EQ(
      difference_of_tags("tuneval_abi_2_torch_2_11_0_cxx23_gxx1020_cxx11abi0_asan_sdk_000000000000",
                         kTag),
      "plugin API 2 in place of 1, LibTorch 2.11.0 in place of 2.15.0, C++ level 23 in place "
      "of 20, compiler ABI 1020 in place of 1017, _GLIBCXX_USE_CXX11_ABI 0 in place of 1, build "
      "flavour asan in place of plain, SDK headers 000000000000 in place of 74fb87fbd91e");
}

class PluginPath : public testing::Test {
 protected:
  void TearDown() override { ::unsetenv("TUNEVAL_PLUGIN_PATH"); }
};

TEST_F(PluginPath, TheProgramsOwnFolderComesFirst) {
  ::unsetenv("TUNEVAL_PLUGIN_PATH");
  const auto folders = default_plugin_folders();
  ASSERT_THAT(folders, SizeIs(1));
  EXPECT_TRUE(folders[0].is_absolute());
  EXPECT_THAT(folders[0].string(), EndsWith("/lib/tuneval/plugins"));
}

TEST_F(PluginPath, TheVariablesFoldersFollowInOrder) {
  ::setenv("TUNEVAL_PLUGIN_PATH", "/b/plugins::/a/plugins:", 1);
  EXPECT_THAT(default_plugin_folders(),
              ElementsAre(testing::_, fs::path("/b/plugins"), fs::path("/a/plugins")));
}

TEST_F(PluginPath, NeverTheCurrentDirectory) {
  for (const char* value : {".", "plugins", "/a:./b"}) {
    ::setenv("TUNEVAL_PLUGIN_PATH", value, 1);
    EXPECT_THAT([] { default_plugin_folders(); },
                ThrowsMessage<PluginError>(HasSubstr("expected an absolute path")));
  }
}

TEST(LoadPlugins, LoadsAFileAndItsFolderOnce) {
  const fs::path folder = TUNEVAL_PLUGIN_DIR;
  const std::vector<fs::path> both = {folder / "accuracy.so", folder, folder / "." / "accuracy.so"};
  const std::vector<fs::path> one = {folder};
  const Registry registry = load_plugins(both);
  EXPECT_EQ(registry.entries().size(), load_plugins(one).entries().size());
  EXPECT_EQ(registry.entries().front().name, "accuracy");
  EXPECT_EQ(registry.entries().front().plugin, "accuracy");
  EXPECT_EQ(registry.entries().front().file, (folder / "accuracy.so").string());
}

TEST(LoadPlugins, FilesOfAFolderComeInTheOrderOfTheirNames) {
  const std::vector<fs::path> folders = {TUNEVAL_PLUGIN_DIR};
  std::vector<std::string> files;
  const Registry registry = load_plugins(folders);
  for (const Registry::Entry& entry : registry.entries()) files.push_back(entry.file);
  EXPECT_FALSE(files.empty());
  EXPECT_TRUE(std::ranges::is_sorted(files));
}

}  // namespace
}  // namespace tuneval
