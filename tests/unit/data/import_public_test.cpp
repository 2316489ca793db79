// Every public data set becomes a pack, and its rows are read back.

#include "import_folder.h"

#include <algorithm>

namespace tuneval {
namespace {

namespace fs = std::filesystem;

class ImportPublic : public ImportFolder {
 protected:
  void SetUp() override {
    const char* named = std::getenv("TUNEVAL_SHARED_DATA");
    data_ = named != nullptr ? named : TUNEVAL_SHARED_DATA_DIR;
    if (fs::is_directory(data_ / "bfcl")) return;
    if (std::getenv("CI") != nullptr) FAIL() << data_ << " does not hold the public data sets";
    GTEST_SKIP() << "no public data at " << data_;
  }

  /// Imports twice, expects the same bytes and these counts, and reads the pack.
  Pack expect(const std::string& format, const fs::path& source, size_t train, size_t test,
              size_t skipped, const ImportOptions& options = {}) {
    fs::remove_all(folder / "pack");
    fs::remove_all(folder / "again");
    report = import_pack(format, source, folder / "pack", options);
    import_pack(format, source, folder / "again/pack", options);
    EXPECT_EQ(bytes("pack"), bytes("again/pack"));
    EXPECT_EQ(rows("train").size(), train);
    EXPECT_EQ(rows("test").size(), test);
    EXPECT_EQ(report.train_rows, static_cast<int64_t>(train));
    EXPECT_EQ(report.test_rows, static_cast<int64_t>(test));
    EXPECT_EQ(report.skipped.size(), skipped);
    return read_pack(folder / "pack");
  }

  size_t count(const std::string& split, const std::function<size_t(const Json&)>& of) const {
    size_t total = 0;
    for (const Json& row : rows(split)) total += of(row);
    return total;
  }

  /// Turns of a row that call tools.
  static size_t calls(const Json& row) {
    return static_cast<size_t>(std::ranges::count_if(
        row["messages"], [](const Json& one) { return one.contains("tool_calls"); }));
  }

  fs::path data_;
  ImportReport report;
};

TEST_F(ImportPublic, Banking77) {
  const Pack pack = expect("banking77", data_ / "banking77", 9992, 3080, 11);
  EXPECT_EQ(pack.options.options.objects("classes").size(), 77u);
}

TEST_F(ImportPublic, Ecommerce) {
  const ImportOptions columns{"question", "answer"};
  const Pack pack = expect("csv", data_ / "ecommerce", 48, 96, 0, columns);
  EXPECT_EQ(pack.options.options.objects("classes").size(), 4u);
}

TEST_F(ImportPublic, HotpotQa) {
  const ImportOptions columns{.context_column = "context"};
  const Pack pack = expect("csv", data_ / "hotpotqa", 50, 100, 0, columns);
  EXPECT_EQ(pack.task_type, "open_book_qa");
  EXPECT_EQ(rows("train")[0]["answer"], "National Basketball Association (NBA)");
}

TEST_F(ImportPublic, Squad) {
  const auto unanswerable = [](const Json& row) { return size_t{row["answers"].empty()}; };
  const fs::path file = data_ / "squad2/dev-part-a.json";
  EXPECT_EQ(expect("squad2", file, 2299, 877, 6).task_type, "open_book_qa");
  EXPECT_EQ(count("train", unanswerable) + count("test", unanswerable), 1711u);
  const ImportOptions closed{.task_type = "closed_book_qa"};
  EXPECT_EQ(expect("squad2", file, 2540, 635, 7, closed).task_type, "closed_book_qa");
  EXPECT_EQ(report.unstructured_rows, 314);
}

TEST_F(ImportPublic, Leaderboard) {
  const Pack pack = expect("bfcl", data_ / "bfcl", 672, 168, 0);
  EXPECT_TRUE(pack.options.options.flag("refusals"));
  const auto category = [](const char* name) {
    return [name](const Json& row) { return size_t{row["notes"]["category"] == name}; };
  };
  EXPECT_EQ(count("train", category("simple")), 320u);
  EXPECT_EQ(count("test", category("parallel")), 40u);
  EXPECT_EQ(count("test", category("irrelevance")), 48u);
  EXPECT_EQ(count("train", calls) + count("test", calls), 600u);
}

TEST_F(ImportPublic, Presidio) {
  const fs::path file = data_ / "pii/presidio_synth_dataset_v2.json";
  const Pack pack = expect("presidio", file, 1111, 281, 108);
  EXPECT_EQ(pack.task_type, "information_extraction");
  const auto bad = [](const Json& row) {
    return static_cast<size_t>(
        std::ranges::count_if(row["output"]["entities"], [&](const Json& one) {
          const auto& text = row["input"].get_ref<const std::string&>();
          return text.find(one["value"].get<std::string>()) == std::string::npos;
        }));
  };
  EXPECT_EQ(count("train", bad) + count("test", bad), 0u);
}

TEST_F(ImportPublic, VoiceAssistant) {
  const Pack pack = expect("distil", data_ / "distil/voice-assistant-banking", 50, 50, 0);
  EXPECT_EQ(pack.task_type, "tool_calling");
  EXPECT_EQ(pack.options.options.objects("tools").size(), 14u);
  EXPECT_EQ(count("train", calls), 193u);
  EXPECT_EQ(count("test", calls), 197u);
}

TEST_F(ImportPublic, SmartHome) {
  const Pack pack = expect("distil", data_ / "distil/smart-home-massive", 75, 78, 0);
  EXPECT_EQ(pack.options.options.objects("tools").size(), 9u);
  EXPECT_EQ(report.unstructured_rows, 954);
  EXPECT_EQ(count("test", calls), 78u);
}

TEST_F(ImportPublic, Docstrings) {
  const Pack pack = expect("distil", data_ / "distil/localdoc", 28, 253, 0);
  EXPECT_EQ(pack.task_type, "information_extraction");
  EXPECT_EQ(pack.options.options.text("output"), "text");
  EXPECT_EQ(report.notes.size(), 2u);
}

TEST_F(ImportPublic, GitCommandsAndTheirGeneratedRows) {
  expect("distil", data_ / "distil/gitara", 43, 116, 0);
  fs::create_directories(folder / "synthetic");
  for (const char* name : {"config.yaml", "job_description.json"}) {
    fs::copy(data_ / "distil/gitara" / name, folder / "synthetic" / name);
  }
  for (const std::string split : {"train", "test"}) {
    fs::copy(data_ / ("distil/gitara/synthetic-" + split + ".jsonl"),
             folder / "synthetic" / (split + ".jsonl"));
  }
  expect("distil", folder / "synthetic", 10057, 116, 10);
}

TEST_F(ImportPublic, SmallRedactions) {
  write("pii/config.yaml", "base:\n  task: information-extraction\n");
  write("pii/job_description.json", R"({"task_description": "Redact the text."})");
  fs::copy(data_ / "pii/distil-pii-style.jsonl", folder / "pii/train.jsonl");
  // The other file is an array, whatever it is called.
  fs::copy(data_ / "pii/distil-pii-style-base.json", folder / "pii/test.jsonl");
  const Pack pack = expect("distil", folder / "pii", 16, 8, 1);
  EXPECT_EQ(pack.metrics.front(), "pii_redaction");
}

}  // namespace
}  // namespace tuneval
