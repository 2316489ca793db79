#include "framework/record/atomic_file.h"
#include "framework/record/store.h"
#include "tests/support/folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// A done cell whose base was scored, with predictions.
class StoredFilesTest : public testing::Test {
 protected:
  StoredFilesTest() {
    cell_.id = "a";
    cell_.base.emplace();
    cell_.base->metrics = {MetricValue{"accuracy"}};
    cell_.base->examples = 1;
    write_file_atomically(predictions(), "one line\n");
  }

  RecordStore store() {
    return RecordStore(folder_.path(),
                       [this](const std::string& text) { warnings_.push_back(text); });
  }
  fs::path predictions() { return store().predictions_path("a", Stage::base); }
  static void append(const fs::path& file) { std::ofstream(file, std::ios::app) << "more\n"; }

  test::TempFolder folder_;
  CellRecord cell_;
  std::vector<std::string> warnings_;
};

TEST_F(StoredFilesTest, TornPredictionsMeanThatTheCellRunsAgain) {
  store().write(cell_);
  EXPECT_TRUE(store().has_done("a"));
  append(predictions());
  EXPECT_FALSE(store().has_done("a"));
  EXPECT_THAT(warnings_,
              ElementsAre(predictions().string() +
                          ": has 14 bytes: expected 9: it was changed after it was written; the "
                          "cell counts as not run"));
  store().write(cell_);
  EXPECT_TRUE(store().has_done("a"));
}

TEST_F(StoredFilesTest, WhatWasTakenAwayIsNoReasonToRunAgain) {
  store().write(cell_);
  fs::remove(predictions());
  EXPECT_TRUE(store().has_done("a"));
  const std::vector<FileFault> faults = store().file_faults("a", FileCheck::sizes);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_TRUE(faults[0].missing);
  EXPECT_EQ(faults[0].message, predictions().string() + ": is missing");
}

TEST_F(StoredFilesTest, AChangeOfTheSameSizeShowsWhereContentsAreRead) {
  store().write(cell_);
  write_file_atomically(predictions(), "own line\n");
  EXPECT_THAT(store().file_faults("a", FileCheck::sizes), IsEmpty());
  const std::vector<FileFault> faults = store().file_faults("a", FileCheck::contents);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_FALSE(faults[0].missing);
  EXPECT_THAT(faults[0].message, HasSubstr("it was changed after it was written"));
}

TEST_F(StoredFilesTest, AnAdaptersFilesCountToo) {
  cell_.tune.emplace();
  cell_.tune->adapter = "adapters/a";
  const fs::path weights = store().adapter_path("a") / "adapter_model.safetensors";
  write_file_atomically(weights, "weights");
  write_file_atomically(store().adapter_path("a") / ".hidden.tmp", "no part of it");
  store().write(cell_);
  EXPECT_THAT(store().file_faults("a", FileCheck::contents), IsEmpty());
  append(weights);
  EXPECT_THAT(store().file_faults("a", FileCheck::sizes), SizeIs(1));
  EXPECT_FALSE(store().has_done("a"));
}

TEST_F(StoredFilesTest, ARecordMaySayNothingOfFilesThatAreAboutToChange) {
  store().write(cell_, Seal::record_alone);
  append(predictions());
  EXPECT_TRUE(store().has_done("a"));
}

TEST_F(StoredFilesTest, AnEditedRecordIsNamedAndCountsAsAbsent) {
  store().write(cell_);
  const fs::path file = store().record_path("a");
  std::string text = read_whole_file(file);
  const size_t at = text.find("\"examples\": 1");
  ASSERT_NE(at, std::string::npos);
  write_file_atomically(file, text.replace(at, 13, "\"examples\": 9"));
  EXPECT_FALSE(store().has_done("a"));
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("records/a.json: \"checksum\" is sha256:")));
  const StoredRecords all = store().read_all();
  EXPECT_THAT(all.records, IsEmpty());
  EXPECT_THAT(all.faulty, ElementsAre("a"));
}

}  // namespace
}  // namespace tuneval
