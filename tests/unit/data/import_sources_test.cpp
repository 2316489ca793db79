#include "framework/data/importers/support.h"
#include "framework/data/toml_text.h"
#include "import_folder.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace tuneval {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class ImportSources : public ImportFolder {
 protected:
  std::string fault(const std::string& text, const std::string& name = "x.jsonl") {
    const auto file = write(name, text);
    std::string message = message_of([&] { read_records(file); });
    return message.substr(std::min(message.size(), folder.string().size() + 1));
  }
};

TEST_F(ImportSources, RecordsKeepTheirLine) {
  const auto array = write(
      "x.json", "\xEF\xBB\xBF[\r\n {\"a\": \"]},{\\\"\"},\n\n {\"a\":\n[1]}, {\"a\": 2}\n]\n");
  std::vector<std::string> places;
  for (const Row& row : read_records(array)) places.push_back(row.where());
  EXPECT_THAT(places,
              ElementsAre(array.string() + ":2", array.string() + ":4", array.string() + ":5"));
  EXPECT_EQ(read_records(array)[0].text("a"), "]},{\"");
  const auto lines = write("y.json", "{\"a\": 1}\r\n\r\n  \n{\"a\": 2}");
  EXPECT_EQ(read_records(lines)[1].where(), lines.string() + ":4");
}

TEST_F(ImportSources, HostileFilesAreRefusedWithTheirPlace) {
  EXPECT_EQ(fault(""), "x.jsonl: holds no rows");
  EXPECT_EQ(fault("\n \n"), "x.jsonl: holds no rows");
  EXPECT_THAT(fault("{\"a\": 1}\n{\"a\": 1"), StartsWith("x.jsonl:2:8: not valid JSON: "));
  EXPECT_THAT(fault("{\"a\": 1}\n{\"a\" 1}"), StartsWith("x.jsonl:2:6: not valid JSON: "));
  EXPECT_THAT(fault("{\"a\": 1} {\"b\": 1}"), StartsWith("x.jsonl:1:10: not valid JSON: "));
  EXPECT_THAT(fault("[{\"a\": 1},\n  {\"a\": 1}}\n"), StartsWith("x.jsonl:2:11: not valid JSON: "));
  EXPECT_THAT(fault("[{\"a\": \"never closed}]"), StartsWith("x.jsonl:1:"));
  EXPECT_EQ(fault("{\"a\": 1}\n3\n"), "x.jsonl:2: expected a JSON object, found number");
  EXPECT_EQ(fault("{\"a\": 1}\n{\"a\": \"\xC3(\"}\n"),
            "x.jsonl:2:8: the byte 0xc3 is not valid UTF-8");
  EXPECT_EQ(fault(std::string("\xFF\xFE{\0", 4)), "x.jsonl:1:1: the byte 0xff is not valid UTF-8");
  EXPECT_THAT(fault(std::string(100000, '[')), StartsWith("x.jsonl:1:100001: not valid JSON: "));
}

TEST_F(ImportSources, HugeRowsAreRefused) {
  const std::string huge(static_cast<size_t>(kLongestRow), 'x');
  EXPECT_EQ(fault("{\"a\": 1}\n{\"a\": \"" + huge + "\"}"),
            "x.jsonl:2: longer than 16777216 bytes");
  EXPECT_EQ(fault("[\n{\"a\": \"" + huge + "\"}]"), "x.jsonl:2: longer than 16777216 bytes");
}

TEST_F(ImportSources, AFileIsNoFolderAndAFolderNoFile) {
  std::filesystem::create_directories(folder / "d");
  EXPECT_EQ(message_of([&] { read_records(folder / "d"); }),
            at("@/d: is a folder: expected a file"));
  EXPECT_EQ(message_of([&] { read_object(folder / "none.json"); }),
            at("@/none.json: cannot be read: No such file or directory"));
  write("list.json", "[1]");
  EXPECT_EQ(message_of([&] { read_object(folder / "list.json"); }),
            at("@/list.json: expected a JSON object, found array"));
}

TEST_F(ImportSources, TomlHoldsWhatJsonHolds) {
  EXPECT_EQ(toml_value(Json::parse(R"({"a b": [1, 2.5, true, "x\"\n"], "c": {}})")),
            R"({"a b" = [1, 2.5, true, "x\"\n"], c = {}})");
  EXPECT_EQ(toml_value("\x7f\x01"), R"("\u007f\u0001")");
  EXPECT_FALSE(fits_toml(Json::parse(R"({"enum": ["a", null]})")));
  EXPECT_TRUE(fits_toml(Json::parse(R"({"enum": ["a", {}]})")));
  EXPECT_EQ(message_of([] { toml_value(nullptr); }),
            "pack.toml cannot hold null among its options");
}

TEST_F(ImportSources, OptionsOfOtherFormatsAreRefused) {
  EXPECT_THAT(import_formats(), ElementsAre("alpaca", "banking77", "bfcl", "csv", "distil",
                                            "messages", "presidio", "squad2", "trec"));
  EXPECT_EQ(refusal<ManifestError>("trec", {.seed = 1}),
            "import format \"trec\" has no option --seed: it takes --labels --description "
            "--licence");
  EXPECT_THAT(refusal<ManifestError>("messages", {.input_column = "x"}),
              HasSubstr("has no option --input-column"));
  EXPECT_THAT(refusal<ManifestError>("csv", {.underscore_names = true}),
              HasSubstr("has no option --underscore-names"));
  for (const double share : {0.0, 1.0, -1.0, 7.5}) {
    EXPECT_THAT(refusal<ManifestError>("alpaca", {.test_share = share}),
                HasSubstr("expected a number between 0 and 1"));
  }
}

TEST_F(ImportSources, DescriptionAndLicenceReplaceTheFormatsOwn) {
  write("a.jsonl",
        "{\"instruction\": \"x\", \"output\": \"1\"}\n"
        "{\"instruction\": \"y\", \"output\": \"2\"}\n");
  import("alpaca", {.description = "Count.", .licence = "CC0-1.0"}, "a.jsonl");
  const Pack pack = read_pack(folder / "pack");
  EXPECT_EQ(pack.description, "Count.");
  EXPECT_EQ(pack.licence, "CC0-1.0");
  EXPECT_EQ(pack.origin, "a.jsonl");
  EXPECT_EQ(pack.name, "pack");
}

// ---- splits

std::vector<ImportedRow> numbered(int count, const std::string& group = "",
                                  const std::string& stratum = "") {
  std::vector<ImportedRow> rows;
  for (int i = 0; i < count; ++i) {
    const std::string text = stratum + group + std::to_string(i);
    rows.push_back({{{"i", i}}, text, "x:" + text, group, stratum});
  }
  return rows;
}

std::vector<int> numbers(const std::vector<ImportedRow>& rows) {
  std::vector<int> numbers;
  for (const ImportedRow& row : rows) numbers.push_back(row.row["i"].get<int>());
  return numbers;
}

TEST_F(ImportSources, ASplitIsItsSeeds) {
  ImportedPack one, again, other;
  one.train = again.train = other.train = numbered(20);
  split_rows(one, {.seed = 1}, "x");
  split_rows(again, {.seed = 1}, "x");
  split_rows(other, {.seed = 2}, "x");
  EXPECT_EQ(one.test.size(), 4u);
  EXPECT_EQ(one.train.size(), 16u);
  EXPECT_EQ(numbers(one.test), numbers(again.test));
  EXPECT_NE(numbers(one.test), numbers(other.test));
  const std::vector<int> train = numbers(one.train), test = numbers(one.test);
  EXPECT_TRUE(std::ranges::is_sorted(train) && std::ranges::is_sorted(test));
  // Stays what it was: a pack made again years later must be the same.
  ImportedPack unseeded;
  unseeded.train = numbered(20);
  split_rows(unseeded, {}, "x");
  EXPECT_THAT(numbers(unseeded.test), ElementsAre(0, 9, 13, 14));
}

TEST_F(ImportSources, ASplitTakesItsShareOfEachStratum) {
  ImportedPack pack;
  for (const char* stratum : {"a", "b", "c"}) {
    for (ImportedRow& row : numbered(10, "", stratum)) pack.train.push_back(std::move(row));
  }
  split_rows(pack, {.test_share = 0.3}, "x");
  std::map<std::string, int> taken;
  for (const ImportedRow& row : pack.test) ++taken[row.stratum];
  EXPECT_EQ(taken, (std::map<std::string, int>{{"a", 3}, {"b", 3}, {"c", 3}}));
}

TEST_F(ImportSources, GroupsStayTogetherAndRepeatsGoFirst) {
  ImportedPack pack;
  for (const char* group : {"a", "b", "c", "d"}) {
    for (ImportedRow& row : numbered(5, group)) pack.train.push_back(std::move(row));
  }
  pack.train.push_back(pack.train.front());
  split_rows(pack, {.test_share = 0.5}, "x");
  EXPECT_EQ(pack.skipped.size(), 1u);
  std::set<std::string> train, test;
  for (const ImportedRow& row : pack.train) train.insert(row.group);
  for (const ImportedRow& row : pack.test) test.insert(row.group);
  EXPECT_EQ(train.size(), 2u);
  EXPECT_EQ(test.size(), 2u);
  for (const std::string& group : test) EXPECT_FALSE(train.contains(group));
}

TEST_F(ImportSources, ACsvFileIsSplitBySeedWhereOneIsGiven) {
  std::string table = "input,label\n";
  for (int i = 0; i < 20; ++i)
    table += "text " + std::to_string(i) + (i % 2 ? ",odd\n" : ",even\n");
  write("all.csv", table);
  const ImportReport report = import("csv", {.seed = 5, .test_share = 0.4}, "all.csv");
  EXPECT_EQ(report.test_rows, 8);
  int odd = 0;
  for (const Json& row : rows("test")) odd += row["label"] == "odd";
  EXPECT_EQ(odd, 4);
}

}  // namespace
}  // namespace tuneval
