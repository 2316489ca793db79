#include "framework/data/new_pack.h"

#include "all_plugins.h"
#include "framework/data/check.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace tuneval {
namespace {

TEST(NewPackOfEachTaskTypeTest, ItPassesPackCheckWithoutAFinding) {
  const Registry& registry = all_plugins();
  std::string pattern = (std::filesystem::temp_directory_path() / "tuneval_XXXXXX").string();
  const std::filesystem::path folder = mkdtemp(pattern.data());
  int64_t types = 0;
  for (const Registry::Entry& entry : registry.entries()) {
    if (entry.kind != "task type") continue;
    ++types;
    write_new_pack(registry, "my " + entry.name, entry.name, folder / entry.name);
    const PackReport report = check_pack(folder / entry.name, registry);
    for (const Finding& finding : report.findings) ADD_FAILURE() << finding.text();
    EXPECT_EQ(report.train_rows, 24) << entry.name;
    EXPECT_EQ(report.test_rows, 20) << entry.name;
  }
  std::filesystem::remove_all(folder);
  EXPECT_GE(types, 7);
}

}  // namespace
}  // namespace tuneval
