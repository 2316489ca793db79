#include "framework/data/rows.h"

#include "pack_folder.h"

namespace tuneval {
namespace {

using RowsTest = PackFolder;
using testing::Test;

TEST_F(RowsTest, JsonLinesKeepTheirLineNumbers) {
  const auto rows =
      read_rows(write("a.jsonl", "\xEF\xBB\xBF{\"x\": 1}\n\n  \r\n{\"x\": \"ä\"}\r\n"));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].integer("x"), 1);
  EXPECT_EQ(rows[0].where(), at("@/a.jsonl:1"));
  EXPECT_EQ(rows[1].text("x"), "ä");
  EXPECT_EQ(rows[1].where(), at("@/a.jsonl:4"));
}

TEST_F(RowsTest, LimitKeepsTheFirstRowsAndLooksNoFurther) {
  const auto file = write("a.jsonl", "{\"x\": 1}\n{\"x\": 2}\nbroken\n");
  EXPECT_EQ(read_rows(file, 2).back().integer("x"), 2);
  EXPECT_THROW(read_rows(file), DataError);
  const auto table = write("a.csv", "x\n1\n2\n\"broken\n");
  EXPECT_EQ(read_rows(table, 2).back().text("x"), "2");
  EXPECT_THROW(read_rows(table), DataError);
}

TEST_F(RowsTest, EveryFaultOfAFileIsFound) {
  const auto file = write("a.jsonl", "{\"x\": 1}\n{\"x\": \n[1]\n{\"x\": \"\xFF\"}\n{\"x\": 2}\n");
  std::vector<Finding> findings;
  EXPECT_EQ(read_rows(file, 0, collecting(findings)).size(), 2u);
  ASSERT_EQ(findings.size(), 3u);
  EXPECT_EQ(findings[0].where, at("@/a.jsonl:2"));
  EXPECT_EQ(findings[0].message.substr(0, 14), "not valid JSON");
  EXPECT_EQ(findings[1].text(), at("@/a.jsonl:3: expected a JSON object, found array"));
  EXPECT_EQ(findings[2].text(), at("@/a.jsonl:4: byte 8 of the line is 0xff: not valid UTF-8"));
}

TEST_F(RowsTest, TooLongALineIsRefused) {
  const std::string text(static_cast<size_t>(kLongestRow) + 1, 'x');
  EXPECT_EQ(message_of([&] { read_rows(write("a.jsonl", "{}\n" + text)); }),
            at("@/a.jsonl:2: longer than 16777216 bytes"));
  EXPECT_EQ(message_of([&] { read_rows(write("a.csv", "x\n\"" + text)); }),
            at("@/a.csv:2: longer than 16777216 bytes: is a closing quote missing?"));
}

TEST_F(RowsTest, CsvFieldsMayHoldQuotesCommasAndNewlines) {
  const auto rows = read_rows(write(
      "a.csv", "\xEF\xBB\xBFtext, category\r\n\"one, \"\"two\"\"\r\nthree\n\",a\r\n\r\n x ,\r\n"));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].text("text"), "one, \"two\"\r\nthree\n");
  EXPECT_EQ(rows[0].text("category"), "a");
  EXPECT_EQ(rows[0].where(), at("@/a.csv:2"));
  EXPECT_EQ(rows[1].text("text"), " x ");
  EXPECT_EQ(rows[1].text("category"), "");
  EXPECT_EQ(rows[1].where(), at("@/a.csv:6"));
}

TEST_F(RowsTest, CsvLinesMayEndInCrAlone) {
  const auto rows = read_rows(write("a.csv", "x,y\r1,\"2\rb\"\r\r3,4"));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].text("y"), "2\rb");
  EXPECT_EQ(rows[0].where(), at("@/a.csv:2"));
  EXPECT_EQ(rows[1].where(), at("@/a.csv:5"));
  EXPECT_EQ(rows[1].text("y"), "4");
}

TEST_F(RowsTest, ACarriageReturnInAFieldDoesNotCountAsALine) {
  const auto rows = read_rows(write("a.csv", "x\n\"1\r2\"\n3\n"));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].text("x"), "1\r2");
  EXPECT_EQ(rows[1].where(), at("@/a.csv:3"));
}

TEST_F(RowsTest, CsvIndexColumnIsDropped) {
  const auto rows = read_rows(write("a.csv", ",text\n0,one\n1,two\n"));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1].json(), R"({"text":"two"})");
}

TEST_F(RowsTest, CsvFaultsAreNamedAndSurvived) {
  const auto file = write("a.csv", "x,y\n1\n2,\"a\"b\n3,\xC3\x28\n4,4\n5,\"open\n6,6\n");
  std::vector<Finding> findings;
  const auto rows = read_rows(file, 0, collecting(findings));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].text("x"), "4");
  ASSERT_EQ(findings.size(), 4u);
  EXPECT_EQ(findings[0].text(), at("@/a.csv:2: 1 fields: expected 2, as in the first record"));
  EXPECT_EQ(findings[1].where, at("@/a.csv:3"));
  EXPECT_EQ(findings[1].message.substr(0, 13), "not valid CSV");
  EXPECT_EQ(findings[2].text(),
            at("@/a.csv:4: byte 1 of the field \"y\" is 0xc3: not valid UTF-8"));
  EXPECT_EQ(findings[3].where, at("@/a.csv:6"));
}

TEST_F(RowsTest, CsvHeaderMustNameEveryColumnOnce) {
  const auto refusal = [&](const std::string& text) {
    std::vector<Finding> findings;
    EXPECT_TRUE(read_rows(write("a.csv", text), 0, collecting(findings)).empty());
    return findings.size() == 1 ? findings[0].text() : "several or none";
  };
  EXPECT_EQ(refusal("x,x\n1,2\n"), at("@/a.csv:1: the first record has two columns called \"x\""));
  EXPECT_EQ(refusal("x,\n1,2\n"), at("@/a.csv:1: the first record has no name for column 2"));
  EXPECT_EQ(refusal("\xFF,y\n1,2\n"), at("@/a.csv:1: the first record is not valid UTF-8"));
  EXPECT_NE(refusal("a\"b,y\n1,2\n").find("not valid CSV"), std::string::npos);
}

TEST_F(RowsTest, FilesThatCannotBeReadAreNamed) {
  EXPECT_EQ(message_of([&] { read_rows(folder / "none.jsonl"); }),
            at("@/none.jsonl: cannot be read: No such file or directory"));
  std::filesystem::create_directory(folder / "x.csv");
  EXPECT_EQ(message_of([&] { read_rows(folder / "x.csv"); }),
            at("@/x.csv: is a folder: expected a file"));
  EXPECT_EQ(message_of([&] { read_rows(folder / "x.txt"); }),
            at("@/x.txt: is not a data file: expected a name that ends in .jsonl or .csv"));
}

TEST(Utf8Test, TheFirstBadByteIsFound) {
  EXPECT_EQ(find_invalid_utf8("a\u00e4\u20ac\U0001F642"), 10u);  // all of it is valid
  EXPECT_EQ(find_invalid_utf8("ab\xC0\x80"), 2u);                // overlong
  EXPECT_EQ(find_invalid_utf8("\xED\xA0\x80"), 0u);              // a surrogate
  EXPECT_EQ(find_invalid_utf8("a\xE2\x82"), 1u);                 // cut off
  EXPECT_EQ(find_invalid_utf8("\xF4\x90\x80\x80"), 0u);          // beyond U+10FFFF
}

}  // namespace
}  // namespace tuneval
