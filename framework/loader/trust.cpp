#include "framework/loader/trust.h"

#include "tuneval/error.h"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string_view>

namespace tuneval {

namespace {

namespace fs = std::filesystem;

bool is_allowed() {
  const char* set = std::getenv(kAllowWritablePlugins);
  return set != nullptr && std::string_view(set) == "1";
}

[[noreturn]] void refuse(const fs::path& plugin, const fs::path& path, const std::string& why) {
  const std::string what = plugin == path ? "" : fmt::format("{} ", path.string());
  throw PluginError(
      fmt::format("{}: {}{}: a plugin is code, and they could put theirs in its place; mend that, "
                  "or tell tuneval by --allow-writable-plugins that you trust them",
                  plugin.string(), what, why));
}

/// Whether the group of a file is its owner and nobody else, by the custom that such a group bears
/// the user's name; or root's.
bool is_private_group(const struct stat& status) {
  if (status.st_gid == 0) return true;
  std::array<char, 4096> user_text{}, group_text{};
  passwd user{};
  group its_group{};
  passwd* found_user = nullptr;
  group* found_group = nullptr;
  ::getpwuid_r(status.st_uid, &user, user_text.data(), user_text.size(), &found_user);
  ::getgrgid_r(status.st_gid, &its_group, group_text.data(), group_text.size(), &found_group);
  return found_user != nullptr && found_group != nullptr &&
         std::string_view(found_user->pw_name) == found_group->gr_name;
}

/// `plugin` is what the message begins with, `path` what is looked at: it, or its folder.
void check(const fs::path& plugin, const fs::path& path, bool sticky_helps) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return;  // opening it says why in better words
  if (status.st_uid != 0 && status.st_uid != ::geteuid()) {
    refuse(plugin, path, fmt::format("belongs to another user (number {})", status.st_uid));
  }
  if (sticky_helps && S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0) return;
  if ((status.st_mode & S_IWOTH) != 0) refuse(plugin, path, "can be written by anyone");
  if ((status.st_mode & S_IWGRP) != 0 && !is_private_group(status)) {
    refuse(plugin, path, fmt::format("can be written by a group (number {})", status.st_gid));
  }
}

}  // namespace

void check_plugin_file_is_trusted(const fs::path& file) {
  if (is_allowed()) return;
  std::error_code problem;
  fs::path real = fs::canonical(file, problem);
  if (problem) return;  // there is none
  check(file, real, /*sticky_helps=*/false);
  check(file, real.parent_path(), /*sticky_helps=*/true);
}

void check_plugin_folder_is_trusted(const fs::path& folder) {
  if (!is_allowed()) check(folder, folder, /*sticky_helps=*/false);
}

}  // namespace tuneval
