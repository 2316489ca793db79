#include "framework/record/store.h"

#include "framework/record/atomic_file.h"
#include "framework/record/predictions.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

class StoreTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() / fmt::format("tuneval_{}_{}", info->name(), ::getpid());
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  RecordStore store() {
    return RecordStore(folder_, [this](const std::string& text) { warnings_.push_back(text); });
  }
  static CellRecord record(const std::string& id) {
    CellRecord record;
    record.id = id;
    record.model.name = "größer";
    return record;
  }
  std::vector<std::string> files_in(const fs::path& folder) const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) {
      names.push_back(entry.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
  }

  fs::path folder_;
  std::vector<std::string> warnings_;
};

TEST_F(StoreTest, ReadsWhatItWrote) {
  const RecordStore records = store();
  records.write(record("b"));
  records.write(record("a"));
  EXPECT_EQ(records.read("a"), record("a"));
  EXPECT_THAT(files_in(folder_ / "records"), ElementsAre("a.json", "b.json"));
  const StoredRecords all = records.read_all();
  EXPECT_THAT(all.faults, IsEmpty());
  EXPECT_THAT(all.records, ElementsAre(record("a"), record("b")));
}

TEST_F(StoreTest, WritingAgainReplaces) {
  const RecordStore records = store();
  records.write(record("a"));
  CellRecord newer = record("a");
  newer.seconds = 2.0;
  records.write(newer);
  EXPECT_EQ(records.read("a").seconds, 2.0);
}

TEST_F(StoreTest, DoneMeansARecordWithoutFailure) {
  const RecordStore records = store();
  EXPECT_FALSE(records.has_done("a"));
  CellRecord failed = record("a");
  failed.status = "failed";
  failed.error = CellError{"TuneError", "x"};
  records.write(failed);
  EXPECT_FALSE(records.has_done("a"));
  EXPECT_TRUE(records.find("a").has_value());
  records.write(record("a"));
  EXPECT_TRUE(records.has_done("a"));
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(StoreTest, ATornRecordIsNamedAndCountsAsAbsent) {
  const RecordStore records = store();
  records.write(record("whole"));
  records.write(record("torn"));
  const fs::path torn = records.record_path("torn");
  fs::resize_file(torn, fs::file_size(torn) / 2);
  EXPECT_FALSE(records.has_done("torn"));
  EXPECT_THAT(warnings_, ElementsAre(AllOf(HasSubstr("records/torn.json: not JSON"),
                                           EndsWith("; the cell counts as not run"))));
  const StoredRecords all = records.read_all();
  EXPECT_THAT(all.records, ElementsAre(record("whole")));
  EXPECT_THAT(all.faults, ElementsAre(HasSubstr("records/torn.json: not JSON")));
}

TEST_F(StoreTest, ARenamedRecordIsRefused) {
  const RecordStore records = store();
  records.write(record("a"));
  fs::rename(records.record_path("a"), records.record_path("b"));
  EXPECT_THAT([&] { records.read("b"); },
              ThrowsMessage<RecordError>(EndsWith("\"id\" is \"a\": expected the file's name")));
}

TEST_F(StoreTest, AnIdCannotLeadOutOfTheFolder) {
  const RecordStore records = store();
  for (const char* id : {"", ".", "..", "../a", "a/b", ".hidden", "a b"}) {
    EXPECT_THAT([&] { records.record_path(id); },
                ThrowsMessage<RecordError>(HasSubstr("is no cell id")))
        << id;
  }
  EXPECT_EQ(records.record_path("a-1.b_2"), folder_ / "records/a-1.b_2.json");
  EXPECT_EQ(records.predictions_path("a", Stage::base), folder_ / "predictions/a.base.jsonl");
  EXPECT_EQ(records.predictions_path("a", Stage::tuned), folder_ / "predictions/a.tuned.jsonl");
  EXPECT_EQ(records.adapter_path("a"), folder_ / "adapters/a");
}

TEST_F(StoreTest, AnEmptyFolderHasNoRecordsAndStrayFilesAreNone) {
  EXPECT_THAT(store().read_all().records, IsEmpty());
  store().write(record("a"));
  std::ofstream(folder_ / "records/.b.json.1.0.tmp") << "{";
  std::ofstream(folder_ / "records/.hidden.json") << "{";
  std::ofstream(folder_ / "records/notes.txt") << "x";
  EXPECT_THAT(store().read_all().records, testing::SizeIs(1));
  EXPECT_THAT(store().read_all().faults, IsEmpty());
}

TEST_F(StoreTest, BytesThatAreNotUtf8DoNotLoseTheRecord) {
  CellRecord bad = record("a");
  bad.status = "failed";
  bad.error = CellError{"DataError", "row \xff"};
  store().write(bad);
  EXPECT_EQ(store().read("a").error->message, "row \uFFFD");
}

TEST_F(StoreTest, AtEveryMomentTheFileIsWhole) {
  const fs::path file = folder_ / "deep/er/file";
  const std::string old_content(100000, 'a'), new_content(200000, 'b');
  write_file_atomically(file, old_content);
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (int i = 0; i < 50; ++i) write_file_atomically(file, i % 2 ? old_content : new_content);
    stop = true;
  });
  int64_t reads = 0, torn = 0;
  while (!stop) {
    const std::string seen = read_whole_file(file);
    if (seen != old_content && seen != new_content) ++torn;
    ++reads;
  }
  writer.join();
  EXPECT_GT(reads, 0);
  EXPECT_EQ(torn, 0);
  EXPECT_THAT(files_in(file.parent_path()), ElementsAre("file"));
}

TEST_F(StoreTest, AFailedWriteLeavesTheOldFileAndNoRubbish) {
  const fs::path file = folder_ / "file";
  write_file_atomically(file, "old");
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 1000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  EXPECT_THAT([&] { write_file_atomically(file, std::string(5000, 'x')); },
              ThrowsMessage<RecordError>(EndsWith("file: cannot be written: File too large")));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(read_whole_file(file), "old");
  EXPECT_THAT(files_in(folder_), ElementsAre("file"));
}

TEST_F(StoreTest, FoldersInTheWayAreNamed) {
  write_file_atomically(folder_ / "file", "x");
  EXPECT_THAT([&] { write_file_atomically(folder_ / "file/inner", "x"); },
              ThrowsMessage<RecordError>(EndsWith("cannot make its folder: Not a directory")));
  EXPECT_THAT([&] { read_whole_file(folder_); },
              ThrowsMessage<RecordError>(EndsWith("cannot be read: Is a directory")));
  EXPECT_THAT([&] { read_whole_file(folder_ / "none"); },
              ThrowsMessage<RecordError>(EndsWith("cannot be read: No such file or directory")));
}

PredictionRow prediction() {
  return {3,
          "test.jsonl:4",
          "Which?\nA or B \"quoted\"",
          {"A", "ä"},
          " A\n",
          "A",
          true,
          "end",
          {{"macro_f1", SampleScore::of(0.5)}, {"judge", SampleScore::unscored("no verdict")}}};
}

TEST_F(StoreTest, PredictionsGoThroughTheFile) {
  const fs::path file = store().predictions_path("a", Stage::base);
  const PredictionRow row = prediction();
  EXPECT_EQ(to_jsonl(row),
            R"({"index":3,"where":"test.jsonl:4","prompt":"Which?\nA or B \"quoted\"",)"
            R"("references":["A","ä"],"completion":" A\n","prediction":"A","parsed":true,)"
            R"("stop":"end","scores":{"macro_f1":0.5,"judge":{"unscored":"no verdict"}}})");
  write_predictions(file, std::vector<PredictionRow>{row, row});
  const std::vector<PredictionRow> back = read_predictions(file);
  ASSERT_EQ(back.size(), 2u);
  EXPECT_EQ(to_jsonl(back[1]), to_jsonl(row));
  EXPECT_FALSE(back[1].scores[1].second.scored);
  write_predictions(file, {});
  EXPECT_THAT(read_predictions(file), IsEmpty());
}

TEST_F(StoreTest, AnExampleWithoutAnAnswerSaysWhy) {
  PredictionRow row = prediction();
  EXPECT_FALSE(to_jsonl(row).find("unanswered") != std::string::npos);
  row.unanswered = "the teacher gave no answer: filtered";
  const fs::path file = folder_ / "p.jsonl";
  write_predictions(file, std::vector<PredictionRow>{row});
  EXPECT_EQ(read_predictions(file).at(0).unanswered, row.unanswered);
}

TEST_F(StoreTest, APredictionKeepsItsGroupAndItsPseudoValues) {
  PredictionRow row = prediction();
  row.group = "passage 7";
  row.jackknife = {{"macro_f1", 0.125}};
  EXPECT_THAT(to_jsonl(row), EndsWith(R"("group":"passage 7","jackknife":{"macro_f1":0.125}})"));
  const fs::path file = folder_ / "p.jsonl";
  write_predictions(file, std::vector<PredictionRow>{row});
  const PredictionRow back = read_predictions(file).at(0);
  EXPECT_EQ(back.group, row.group);
  EXPECT_EQ(back.jackknife, row.jackknife);
}

TEST_F(StoreTest, APredictionThatCannotBeReadIsNamedWithItsLine) {
  const fs::path file = folder_ / "p.jsonl";
  const std::string line = to_jsonl(prediction());
  write_file_atomically(file, line + "\n{\"index\": \"x\"}\n");
  EXPECT_THAT(
      [&] { read_predictions(file); },
      ThrowsMessage<RecordError>(EndsWith("p.jsonl:2: \"index\" is \"x\": expected an integer")));
  write_file_atomically(file, line + "\n" + line);
  EXPECT_THAT([&] { read_predictions(file); },
              ThrowsMessage<RecordError>(EndsWith("p.jsonl: the last line breaks off")));
}

}  // namespace
}  // namespace tuneval
