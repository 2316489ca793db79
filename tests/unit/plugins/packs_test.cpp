#include "all_plugins.h"
#include "framework/data/check.h"
#include "framework/data/import.h"
#include "framework/data/rows.h"
#include "framework/data/task_data.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace tuneval {
namespace {

std::string shown(const PackReport& report) {
  std::string text;
  for (const Finding& finding : report.findings) text += finding.text() + "\n";
  return text;
}

std::filesystem::path shared_data() {
  const char* const named = std::getenv("TUNEVAL_SHARED_DATA");
  return named ? named : TUNEVAL_SHARED_DATA_DIR;
}

/// A test over public data; it skips where there is none, but not in continuous integration.
class PublicDataTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(shared_data() / "banking77")) {
      if (std::getenv("CI")) FAIL() << shared_data() << " does not hold banking77";
      GTEST_SKIP() << "no public data at " << shared_data();
    }
    std::string pattern = (std::filesystem::temp_directory_path() / "tuneval_XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  void TearDown() override {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }

  std::filesystem::path folder_;
};

TEST_F(PublicDataTest, Banking77IsImportedCheckedAndRead) {
  const ImportReport import = import_pack("banking77", shared_data() / "banking77", folder_ / "a");
  EXPECT_EQ(import.test_rows, 3080);
  EXPECT_EQ(import.train_rows + static_cast<int64_t>(import.skipped.size()), 10003);
  EXPECT_GT(import.skipped.size(), 0u);

  const PackReport report = check_pack(folder_ / "a", all_plugins());
  EXPECT_EQ(report.errors(), 0) << shown(report);
  EXPECT_EQ(report.train_rows, import.train_rows);
  EXPECT_EQ(report.test_rows, 3080);

  const Pack pack = read_pack(folder_ / "a");
  const TaskData task = read_task(all_plugins(), pack, pack.options, 100, 0);
  EXPECT_EQ(task.train.size(), 100u);
  EXPECT_EQ(task.type->answers().size(), 77u);

  import_pack("banking77", shared_data() / "banking77", folder_ / "b");
  for (const char* file : {"pack.toml", "train.jsonl", "test.jsonl"}) {
    EXPECT_EQ(read_file(folder_ / "a" / file), read_file(folder_ / "b" / file));
  }
}

TEST_F(PublicDataTest, ACsvTableOfLongTextsIsImported) {
  const ImportReport import = import_pack("csv", shared_data() / "ecommerce", folder_ / "ecommerce",
                                          {.input_column = "question",
                                           .label_column = "answer",
                                           .description = "Sort the product into its department.",
                                           .licence = "CC-BY-4.0"});
  EXPECT_EQ(import.train_rows, 48);
  EXPECT_EQ(import.test_rows, 96);
  const PackReport report = check_pack(folder_ / "ecommerce", all_plugins());
  EXPECT_EQ(report.errors(), 0) << shown(report);
}

TEST_F(PublicDataTest, TheBenchmarksFilesAreAPackAsTheyAre) {
  std::filesystem::copy(shared_data() / "ecommerce", folder_ / "pack");
  std::ofstream(folder_ / "pack/pack.toml")
      << "name = \"ecommerce\"\ntask_type = \"classification\"\ndescription = \"Sort it.\"\n"
         "licence = \"CC-BY-4.0\"\n[options]\n"
         "classes = [\"household\", \"books\", \"clothing_and_accessories\", \"electronics\"]\n";
  const PackReport report = check_pack(folder_ / "pack", all_plugins());
  EXPECT_EQ(report.errors(), 0) << shown(report);
  EXPECT_EQ(report.train_rows, 48);
}

TEST(OwnPacksTest, NothingIsWrongWithAnyOfThem) {
  int64_t packs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(TUNEVAL_SOURCE_DIR "/packs")) {
    if (!std::filesystem::exists(entry.path() / "pack.toml")) continue;
    const PackReport report = check_pack(entry.path(), all_plugins());
    for (const Finding& finding : report.findings) ADD_FAILURE() << finding.text();
    EXPECT_GT(report.train_examples, report.test_examples) << entry.path();
    ++packs;
  }
  EXPECT_GE(packs, 11);
}

}  // namespace
}  // namespace tuneval
