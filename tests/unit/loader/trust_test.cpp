// Plugins that others could have written are refused.
#include "framework/loader/trust.h"

#include "framework/loader/loader.h"
#include "tests/support/folder.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using test::message_of;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class PluginTrust : public testing::Test {
 protected:
  PluginTrust() {
    ::unsetenv(kAllowWritablePlugins);
    fs::create_directory(folder());
    fs::copy_file(fs::path(TUNEVAL_PLUGIN_DIR) / "accuracy.so", file());
    fs::permissions(folder(), fs::perms(0755));
    fs::permissions(file(), fs::perms(0644));
  }
  ~PluginTrust() override { ::unsetenv(kAllowWritablePlugins); }

  fs::path folder() const { return temp_.path() / "plugins"; }
  fs::path file() const { return folder() / "accuracy.so"; }
  void load(const fs::path& path) const {
    const std::vector<fs::path> paths = {path};
    EXPECT_TRUE(load_plugins(paths).has_metric("accuracy"));
  }
  std::string refusal(const fs::path& path) const {
    return message_of<PluginError>([&] { load(path); });
  }

  test::TempFolder temp_;
};

TEST_F(PluginTrust, OwnFilesAreLoaded) {
  load(folder());
  load(file());
}

TEST_F(PluginTrust, AFileThatAnyoneCanWriteIsRefused) {
  fs::permissions(file(), fs::perms(0666));
  EXPECT_THAT(refusal(folder()),
              AllOf(StartsWith(file().string() + ": "), HasSubstr("can be written by anyone"),
                    HasSubstr("--allow-writable-plugins")));
  EXPECT_THAT(refusal(file()), HasSubstr("can be written by anyone"));
}

TEST_F(PluginTrust, AFolderThatAnyoneCanWriteIsRefused) {
  fs::permissions(folder(), fs::perms(0777));
  EXPECT_THAT(refusal(folder()), StartsWith(folder().string() + ": can be written by anyone"));
  EXPECT_THAT(refusal(file()), AllOf(StartsWith(file().string() + ": " + folder().string()),
                                     HasSubstr(" can be written by anyone")));
}

TEST_F(PluginTrust, TheStickyBitKeepsAFileButNotAFolder) {
  fs::permissions(folder(), fs::perms(01777));
  load(file());
  EXPECT_THAT(refusal(folder()), HasSubstr("can be written by anyone"));
}

TEST_F(PluginTrust, ALinkIsAsGoodAsWhatItLeadsTo) {
  const fs::path link = temp_.path() / "accuracy.so";
  fs::create_symlink(file(), link);
  load(link);
  fs::permissions(folder(), fs::perms(0777));
  EXPECT_THAT(refusal(link), HasSubstr(folder().string() + " can be written by anyone"));
}

TEST_F(PluginTrust, WhoSaysSoMayLoadThem) {
  fs::permissions(file(), fs::perms(0666));
  fs::permissions(folder(), fs::perms(0777));
  ::setenv(kAllowWritablePlugins, "0", 1);
  EXPECT_THAT(refusal(folder()), HasSubstr("can be written by anyone"));
  ::setenv(kAllowWritablePlugins, "1", 1);
  load(folder());
}

TEST_F(PluginTrust, OwnersAndGroupsAreLookedAt) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  constexpr uid_t kNobody = 65534;
  constexpr gid_t kGroup = 12345;  // that has no name
  ASSERT_EQ(::chown(file().c_str(), kNobody, 0), 0);
  EXPECT_THAT(refusal(folder()), HasSubstr("belongs to another user (number 65534)"));
  ASSERT_EQ(::chown(file().c_str(), 0, kGroup), 0);
  fs::permissions(file(), fs::perms(0664));
  EXPECT_THAT(refusal(folder()), HasSubstr("can be written by a group (number 12345)"));
  fs::permissions(file(), fs::perms(0644));
  load(folder());
  ASSERT_EQ(::chown(file().c_str(), 0, 0), 0);  // a group of its owner's name
  fs::permissions(file(), fs::perms(0664));
  load(folder());
}

}  // namespace
}  // namespace tuneval
