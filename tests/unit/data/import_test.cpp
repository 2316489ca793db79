#include "framework/data/import.h"

#include "framework/data/pack.h"
#include "framework/data/rows.h"
#include "pack_folder.h"

namespace tuneval {
namespace {

constexpr auto kTrain =
    "text,category\none,a\n\"two\nlines \"\"x\"\"\",b\none ,a\nthree,a\nfour,b\n";
constexpr auto kTest = "text,category\n\" three\",a\nfive,b\n";

class ImportTest : public PackFolder {
 protected:
  ImportTest() {
    write("source/train.csv", kTrain);
    write("source/test.csv", kTest);
    write("source/categories.json", R"(["b", "a"])");
  }

  ImportReport import(const std::string& format, const std::string& destination,
                      const ImportOptions& options = {}) {
    return import_pack(format, folder / "source", folder / destination, options);
  }
};

TEST_F(ImportTest, Banking77BecomesAPack) {
  const ImportReport report = import("banking77", "deep/pack/");
  EXPECT_EQ(report.train_rows, 3);
  EXPECT_EQ(report.test_rows, 2);
  ASSERT_EQ(report.skipped.size(), 2u);
  EXPECT_EQ(report.skipped[0].text(),
            at("@/source/train.csv:5: left out: the same input as @/source/train.csv:2"));
  EXPECT_EQ(report.skipped[1].text(),
            at("@/source/train.csv:6: left out: the same input as @/source/test.csv:2"));
  EXPECT_EQ(read_file(folder / "deep/pack/train.jsonl"),
            "{\"input\":\"one\",\"label\":\"a\"}\n"
            "{\"input\":\"two\\nlines \\\"x\\\"\",\"label\":\"b\"}\n"
            "{\"input\":\"four\",\"label\":\"b\"}\n");

  const Pack pack = read_pack(folder / "deep/pack");
  EXPECT_EQ(pack.name, "banking77");
  EXPECT_EQ(pack.licence, "CC-BY-4.0");
  EXPECT_EQ(pack.task_type, "classification");
  const auto classes = pack.options.options.objects("classes");
  ASSERT_EQ(classes.size(), 2u);
  EXPECT_EQ(classes[0].text("name"), "b");
}

TEST_F(ImportTest, ImportingAgainGivesTheSameBytes) {
  import("banking77", "one");
  import("banking77", "two");
  for (const char* file : {"pack.toml", "train.jsonl", "test.jsonl"}) {
    EXPECT_EQ(read_file(folder / "one" / file), read_file(folder / "two" / file));
  }
  EXPECT_FALSE(std::filesystem::exists(folder / ".one.part"));
}

TEST_F(ImportTest, NothingIsOverwritten) {
  std::filesystem::create_directory(folder / "empty");
  EXPECT_EQ(import("banking77", "empty").test_rows, 2);
  const std::string before = read_file(folder / "empty/pack.toml");
  EXPECT_EQ(message_of<ManifestError>([&] { import("banking77", "empty"); }),
            at("@/empty: is not empty: expected a new or empty folder"));
  EXPECT_EQ(read_file(folder / "empty/pack.toml"), before);
}

TEST_F(ImportTest, WhatLiesBesideIsLeftAlone) {
  const auto mine = write(".pack.part/mine.txt", "mine");
  write(".pack.part2", "mine too");
  import("banking77", "pack");
  EXPECT_EQ(read_file(mine), "mine");
  EXPECT_EQ(read_file(folder / ".pack.part2"), "mine too");
  EXPECT_FALSE(std::filesystem::exists(folder / ".pack.part3"));
  EXPECT_TRUE(std::filesystem::exists(folder / "pack/pack.toml"));
}

TEST_F(ImportTest, WhatCannotBeWrittenLeavesNothingBehind) {
  const auto file = write("file", "mine");
  EXPECT_EQ(message_of<Error>([&] { import("banking77", "file/pack"); }),
            at("@/file/pack: cannot be written: Not a directory"));
  EXPECT_EQ(read_file(file), "mine");
}

TEST_F(ImportTest, AFaultySourceLeavesNothingBehind) {
  write("source/test.csv", "text,category\nx,c\n");
  EXPECT_EQ(message_of([&] { import("banking77", "pack"); }),
            at("@/source/test.csv:2: \"category\" is \"c\": expected a name in categories.json"));
  write("source/categories.json", "{}");
  EXPECT_EQ(message_of([&] { import("banking77", "pack"); }),
            at("@/source/categories.json: expected a JSON array of class names"));
  std::filesystem::remove(folder / "source/categories.json");
  EXPECT_EQ(message_of([&] { import("banking77", "pack"); }),
            at("@/source/categories.json: cannot be read: No such file or directory"));
  EXPECT_FALSE(std::filesystem::exists(folder / "pack"));
}

TEST_F(ImportTest, UnknownFormatsAndOptionsAreRefused) {
  EXPECT_EQ(message_of<ManifestError>([&] { import("banking", "pack"); }),
            "import format \"banking\" is not known: did you mean \"banking77\"?");
  EXPECT_EQ(message_of<ManifestError>([&] { import("banking77", "pack", {.input_column = "x"}); }),
            "import format \"banking77\" takes no options: its files have one form");
}

TEST_F(ImportTest, CsvFoldersAreImportedByTheirColumns) {
  const ImportOptions options{"text", "category", "Say \"which\".", "CC0-1.0"};
  EXPECT_EQ(import("csv", "mine", options).train_rows, 3);
  const Pack pack = read_pack(folder / "mine");
  EXPECT_EQ(pack.name, "mine");
  EXPECT_EQ(pack.description, "Say \"which\".");
  EXPECT_EQ(pack.licence, "CC0-1.0");
  EXPECT_EQ(pack.origin, "source");
  EXPECT_EQ(pack.options.options.objects("classes")[0].text("name"), "a");
  EXPECT_EQ(message_of([&] { import("csv", "other", {.label_column = "category"}); }),
            at("@/source/train.csv:2: no column \"input\" (--input-column): known are \"text\", "
               "\"category\""));
}

TEST_F(ImportTest, OneCsvFileIsSplitByClass) {
  std::string table = "input,label\n";
  for (int i = 0; i < 20; ++i)
    table += "text " + std::to_string(i) + (i % 2 ? ",odd\n" : ",even\n");
  const auto file = write("all.csv", table);
  const ImportReport report = import_pack("csv", file, folder / "pack");
  EXPECT_EQ(report.train_rows, 16);
  EXPECT_EQ(report.test_rows, 4);
  std::vector<std::string> inputs;
  for (const Row& row : read_rows(folder / "pack/test.jsonl")) inputs.push_back(row.text("input"));
  EXPECT_EQ(inputs, (std::vector<std::string>{"text 8", "text 9", "text 18", "text 19"}));
}

}  // namespace
}  // namespace tuneval
