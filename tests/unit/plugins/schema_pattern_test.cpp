// "pattern" of a JSON Schema.
#include "schema_cases.h"

namespace tuneval {
namespace {

bool matches(const std::string& pattern, const std::string& text) {
  return text_fault(nlohmann::json{{"pattern", pattern}}.dump(), text).empty();
}

TEST(SchemaPatternTest, TheEndsOfAPatternAreThoseOfTheText) {
  EXPECT_TRUE(matches(R"(^\d{4}$)", "2024"));
  EXPECT_FALSE(matches(R"(^\d{4}$)", "x\n2024\ny"));
  EXPECT_FALSE(matches(R"(^\d{4}$)", "2024\n"));
  EXPECT_FALSE(matches("^a$|^b$", "a\nb"));
  EXPECT_TRUE(matches("b", "abc"));
}

TEST(SchemaPatternTest, CharactersAreCountedAndNotBytes) {
  EXPECT_TRUE(matches("^.{2}$", "äö"));
  EXPECT_FALSE(matches("^.{2}$", "ä"));
  EXPECT_TRUE(matches("^[ä-ü]$", "ö"));
  EXPECT_TRUE(matches(R"(^\p{Lu}\p{L}+$)", "Äpfel"));
  EXPECT_FALSE(matches("^.$", "\n"));
}

TEST(SchemaPatternTest, EscapesAreThoseOfJsonSchema) {
  EXPECT_TRUE(matches(R"(^\u00e4$)", "ä"));
  EXPECT_TRUE(matches(R"(^[\u00E4-\u00FC]+$)", "äöü"));
  EXPECT_TRUE(matches(R"(^\u{1F642}$)", "🙂"));
  EXPECT_TRUE(matches(R"(^\\u0041$)", "\\u0041"));
  EXPECT_TRUE(matches(R"(^a\/b\-c$)", "a/b-c"));
}

TEST(SchemaPatternTest, WhatRe2CannotDoIsNamed) {
  const auto refused = [](const std::string& pattern, const std::string& why) {
    EXPECT_EQ(schema_fault(nlohmann::json{{"pattern", pattern}}.dump()),
              "has \"pattern\" as " + nlohmann::json(pattern).dump() +
                  ": expected a regular expression of RE2's kind, without look-around and "
                  "back-references (" +
                  why + ")");
  };
  refused("(", "missing ): (");
  refused("^(?=a)b", "invalid perl operator: (?=");
  refused("(?<!a)b", "invalid perl operator: (?<");
  refused(R"((a)\1)", R"(invalid escape sequence: \1)");
  refused(R"(\ud83d\ude42)", R"(invalid escape sequence: \u)");
  refused(R"(\u12)", R"(invalid escape sequence: \u)");
  refused("\\", "trailing \\");
}

TEST(SchemaPatternTest, AMismatchNamesThePattern) {
  EXPECT_EQ(text_fault(R"({"pattern": "^[A-Z]+$"})", "Ab"),
            R"(the whole is "Ab": expected a text that matches "^[A-Z]+$")");
  EXPECT_EQ(fault_of(R"({"pattern": "^a$"})", "7"), "");
}

/// A backtracking engine would not be done with the first of them in a lifetime.
TEST(SchemaPatternTest, AMegabyteIsMatchedFast) {
  const std::string text = std::string(size_t{1} << 20, 'a') + "b";
  for (const std::string pattern : {"^(a+)+$", "(a|aa)+$", "(.*a){20}c"}) {
    const double start = processor_seconds();
    EXPECT_FALSE(matches(pattern, text)) << pattern;
    EXPECT_LT(processor_seconds() - start, kSlower * 1.0) << pattern;
  }
}

}  // namespace
}  // namespace tuneval
