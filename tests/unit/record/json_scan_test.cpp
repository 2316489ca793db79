#include "framework/record/json_scan.h"

#include <gtest/gtest.h>

#include <string_view>

namespace tuneval {
namespace {

JsonScan scanned(std::string_view text) {
  JsonScan scan;
  for (const char c : text) scan.take(c);
  return scan;
}

TEST(JsonScanTest, CountsWhatIsOpen) {
  EXPECT_EQ(scanned("").depth(), 0u);
  EXPECT_EQ(scanned(R"({"a": [1, {"b)").depth(), 3u);
  EXPECT_EQ(scanned(R"({"a": [1, {"b": 2}]})").depth(), 0u);
  EXPECT_EQ(scanned(R"(["[[[", "\"[", "\\"])").depth(), 0u) << "what is quoted is none";
}

TEST(JsonScanTest, CountsTheKeysOfEachObject) {
  EXPECT_EQ(scanned("[1, 2]").most_keys(), 0u);
  EXPECT_EQ(scanned(R"({"a": {"b": 1, "c": 2, "d": 3}, "e": "x:y:z:1:2"})").most_keys(), 3u);
  EXPECT_EQ(scanned(R"([{"a": 1}, {"a": 1}, {"a": 1}])").most_keys(), 1u);
  EXPECT_EQ(scanned(R"({"a": 1, "a": 1)").most_keys(), 2u);
}

TEST(JsonScanTest, SaysWhatIsClosedAcross) {
  EXPECT_FALSE(scanned("[{}]").crossed());
  EXPECT_TRUE(scanned("[{]}").crossed());
  EXPECT_TRUE(scanned("}").crossed());
  EXPECT_EQ(scanned("]]][").depth(), 1u);
}

}  // namespace
}  // namespace tuneval
