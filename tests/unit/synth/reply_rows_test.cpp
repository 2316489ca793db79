#include "framework/synth/reply_rows.h"

#include <gtest/gtest.h>

namespace tuneval {
namespace {

/// The rows as JSON, with a space between them.
std::string rows_of(const std::string& text) {
  std::string rows;
  for (const auto& row : read_reply_rows(text).rows) {
    rows += (rows.empty() ? "" : " ") + row.dump();
  }
  return rows;
}

/// What could not be read, likewise.
std::string faults_of(const std::string& text) {
  std::string faults;
  for (const auto& fault : read_reply_rows(text).faults) {
    faults += (faults.empty() ? "" : "; ") + fault.message;
  }
  return faults;
}

constexpr auto kTwo = R"({"a":1} {"a":2})";

TEST(ReplyRowsTest, AnArrayAsWasAsked) {
  EXPECT_EQ(rows_of(R"([{"a": 1}, {"a": 2}])"), kTwo);
  EXPECT_EQ(faults_of(R"([{"a": 1}, {"a": 2}])"), "");
  EXPECT_EQ(rows_of(R"([{"b": 1, "a": {"x": [1, {"y": 2}]}}])"),
            R"({"b":1,"a":{"x":[1,{"y":2}]}})");
}

TEST(ReplyRowsTest, WordsFencesAndReasoningAroundIt) {
  EXPECT_EQ(
      rows_of("Here are the rows [2, as asked]:\n```json\n[{\"a\": 1},\n {\"a\": 2}]\n```\nBye!"),
      kTwo);
  EXPECT_EQ(rows_of("<think>Say [{\"no\": 1}]?</think>[{\"a\": 1}, {\"a\": 2}]"), kTwo);
  EXPECT_EQ(rows_of("{\"a\": 1}\n{\"a\": 2}\n"), kTwo);
  EXPECT_EQ(rows_of("1. {\"a\": 1}\n2. {\"a\": 2}\n"), kTwo);
  EXPECT_EQ(rows_of(R"({"rows": [{"a": 1}, {"a": 2}]})"), kTwo);
  EXPECT_EQ(rows_of("[{\"a\": 1}] and [{\"a\": 2}]"), kTwo);
}

TEST(ReplyRowsTest, AConversationIsARow) {
  const std::string row = R"({"messages":[{"role":"user","content":"[x] {y}"}]})";
  EXPECT_EQ(rows_of(row), row);
  EXPECT_EQ(rows_of("[" + row + "]"), row);
  EXPECT_EQ(rows_of("{\"rows\": [" + row + "]}"), row);
}

TEST(ReplyRowsTest, WhatIsCutOffOrBrokenDoesNotTakeTheOthersWithIt) {
  const std::string cut = R"([{"a": 1}, {"a": 2}, {"a": [{"b": 3}, {"b)";
  EXPECT_EQ(rows_of(cut), kTwo);
  EXPECT_EQ(faults_of(cut), "ends inside a row");
  const std::string broken = R"([{"a": 1}, {"a" {"b": 3}}, {"a": 2}])";
  EXPECT_EQ(rows_of(broken), kTwo);
  EXPECT_EQ(faults_of(broken), "holds a row that is not JSON");
  EXPECT_EQ(read_reply_rows(broken).faults.front().text, R"({"a" {"b": 3}})");
  EXPECT_EQ(rows_of(R"([{"a": 1}, {"a": 2},])"), kTwo);
}

TEST(ReplyRowsTest, WithoutARowThereIsAFault) {
  for (const char* text : {"", "I cannot do that.", "[]", "[1, 2]", "[\"a\"]"}) {
    EXPECT_EQ(rows_of(text), "") << text;
  }
  EXPECT_EQ(faults_of("I cannot do that."), "holds no row");
  EXPECT_EQ(read_reply_rows("No.").faults.front().text, "No.");
}

TEST(ReplyRowsTest, AnyTextIsSurvived) {
  constexpr size_t kSize = 300'000;
  const auto repeated = [](const std::string& part) {
    std::string text;
    while (text.size() < kSize) text += part;
    return text;
  };
  const std::string deep(kSize / 2, '[');
  const std::string texts[] = {repeated("["),
                               repeated("{"),
                               repeated("[]"),
                               repeated("{}"),
                               repeated("[{]}"),
                               repeated("\""),
                               repeated("\\\""),
                               repeated("[1,"),
                               repeated("{\"a\":"),
                               repeated("</think>"),
                               repeated("\xff"),
                               deep + std::string(kSize / 2, ']'),
                               "[{\"a\": \"\xff\"}]",
                               std::string("[{\"a\": 1}\0]", 11),
                               repeated("[{\"a\": 1} x]")};
  for (const std::string& text : texts) {
    const ReplyRows found = read_reply_rows(text);
    for (const auto& row : found.rows) EXPECT_TRUE(row.is_object());
    for (const auto& fault : found.faults) EXPECT_LE(fault.text.size(), 2000u);
  }
}

TEST(ReplyRowsTest, ARowOfMoreKeysThanAnyNeedsIsLeftOut) {
  const auto row_of = [](int keys) {
    std::string row = "{\"k0\": 0";
    for (int i = 1; i < keys; ++i) row += ", \"k" + std::to_string(i) + "\": 0";
    return row + "}";
  };
  const ReplyRows most = read_reply_rows(row_of(2000));
  ASSERT_EQ(most.rows.size(), 1u);
  EXPECT_EQ(most.rows[0].size(), 2000u);
  EXPECT_EQ(faults_of(row_of(2001)), "holds an object of more than 2000 keys");
  const std::string list = "[{\"a\": 1}, " + row_of(300'000) + ", {\"a\": 2}]";
  EXPECT_EQ(rows_of(list), kTwo);
  EXPECT_EQ(faults_of(list), "holds an object of more than 2000 keys");
}

}  // namespace
}  // namespace tuneval
