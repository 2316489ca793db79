#include "tuneval/task/tool_calls.h"

#include "tuneval/error.h"

#include <gtest/gtest.h>

#include <ctime>

namespace tuneval {
namespace {

const std::string kTools = R"([
  {"type":"function","function":{"name":"bare"}},
  {"type":"function","function":{"name":"lamp","parameters":{"type":"object","properties":{
    "room":{"type":"string","default":"hall"},"level":{"type":"number","default":1},
    "on":{"type":"boolean","default":true},"tags":{"type":"array","default":["a","b"]},
    "name":{"type":"string"},"none":{"default":null}}}}}])";

std::string repeated(std::string_view part, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i) all += part;
  return all;
}

/// Seconds of processor time for a megabyte: it takes less than one on a core of its own, several
/// on a shared one or under a sanitizer, and minutes where the time grows with the square of a
/// text.
#ifdef __SANITIZE_ADDRESS__
constexpr double kLongest = 20.0;
#else
constexpr double kLongest = 4.0;
#endif

/// Of the processor, so that other programs do not count.
double seconds(const auto& action) {
  const std::clock_t begin = std::clock();
  action();
  return double(std::clock() - begin) / CLOCKS_PER_SEC;
}

TEST(ToolCallsTest, CallsAreReadAndWritten) {
  const std::string canonical =
      R"([{"name":"f","arguments":{"b":1,"a":[1.50,"ä\n"]}},{"name":"g","arguments":{}}])";
  const auto calls = read_calls(canonical);
  ASSERT_TRUE(calls);
  ASSERT_EQ(calls->size(), 2u);
  EXPECT_EQ((*calls)[0].name, "f");
  EXPECT_EQ((*calls)[0].arguments, R"({"b":1,"a":[1.50,"ä\n"]})");
  EXPECT_EQ((*calls)[1].arguments, "{}");
  EXPECT_EQ(write_calls(*calls), canonical);
}

TEST(ToolCallsTest, NoCallIsAnEmptyArray) {
  const auto none = read_calls(" [ ] ");
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->empty());
  EXPECT_EQ(write_calls({}), "[]");
}

TEST(ToolCallsTest, SpaceAndOrderOfTheTwoKeysAreFree) {
  const auto calls = read_calls(" [\n{ \"arguments\" : { \"a\" : 1 } , \"name\" : \"f\" } ] ");
  ASSERT_TRUE(calls);
  EXPECT_EQ(write_calls(*calls), R"([{"name":"f","arguments":{"a":1}}])");
}

TEST(ToolCallsTest, WhatIsNotCallsIsRefused) {
  for (const char* text : {"",
                           " ",
                           "null",
                           "{}",
                           "[1]",
                           "[[]]",
                           "[null]",
                           "f(x=1)",
                           "[{}]",
                           R"([{"name":"f"}])",
                           R"({"name":"f","arguments":{}})",
                           R"([{"arguments":{}}])",
                           R"([{"name":1,"arguments":{}}])",
                           R"([{"name":"f","arguments":"{}"}])",
                           R"([{"name":"f","arguments":null}])",
                           R"([{"name":"f","arguments":[]}])",
                           R"([{"name":"f","arguments":{},"id":"1"}])",
                           R"([{"name":"f","arguments":{}}] x)",
                           R"([{"name":"f","arguments":{}}][])",
                           R"([{"name":"f","arguments":{}},])",
                           R"([{"name":"f","arguments":{"a":NaN}}])",
                           R"([{"name":"f","arguments":{'a':1}}])"}) {
    EXPECT_FALSE(read_calls(text)) << text;
  }
}

TEST(ToolCallsTest, OfAKeyWrittenTwiceTheLastValueCounts) {
  const auto calls = read_calls(R"([{"name":"e","arguments":{"a":1,"b":2,"a":3},"name":"f"}])");
  ASSERT_TRUE(calls);
  EXPECT_EQ(write_calls(*calls), R"([{"name":"f","arguments":{"a":3,"b":2}}])");
  EXPECT_TRUE(same_json(R"({"a":1,"b":2,"a":3})", R"({"b":2,"a":3})"));
}

TEST(ToolCallsTest, ArgumentsThatAreNoObjectAreNotWritten) {
  for (const char* arguments : {"", "[]", "{", "1", "null"}) {
    try {
      write_calls({{"f", arguments}});
      ADD_FAILURE() << arguments << " was written";
    } catch (const DataError& error) {
      EXPECT_EQ(std::string(error.what()), "call of \"f\": its arguments are " +
                                               std::string(arguments) + ": expected a JSON object");
    }
  }
}

TEST(ToolCallsTest, CompactJsonKeepsOrderAndNumbers) {
  EXPECT_EQ(compact_json(" {\"b\": [1.0, 1e3, 12345678901234567890123], \"a\": \"\\u00e4\\/\"} "),
            R"({"b":[1.0,1e3,12345678901234567890123],"a":"ä/"})");
  EXPECT_EQ(compact_json("true"), "true");
  EXPECT_EQ(compact_json("\"a\\u0000b\""), "\"a\\u0000b\"");
  EXPECT_EQ(compact_json("{\"a\":1} {"), std::nullopt);
}

TEST(ToolCallsTest, JsonIsComparedByValue) {
  const std::pair<const char*, const char*> equal[] = {
      {"1", "1.0"},
      {"0", "-0.0"},
      {"-0", "0"},
      {"1e3", "1000"},
      {"0.1", "0.10"},
      {"1", " 1 "},
      {"\"a\"", "\"\\u0061\""},
      {R"({"a":1,"b":[2]})", R"({"b":[2.0],"a":1})"},
      {"123456789012345678901234567890", "123456789012345678901234567890"},
      {"1e22", "10000000000000000000000"},
      {"18446744073709551615", "18446744073709551615"},
      {"1.0", "1.00000000000000000000001"},
      {"1e-400", "0"},
      {"[]", "[ ]"}};
  for (const auto& [a, b] : equal) EXPECT_TRUE(same_json(a, b)) << a << " and " << b;
  const std::pair<const char*, const char*> other[] = {
      {"1", "true"},
      {"0", "false"},
      {"0", "null"},
      {"1", "\"1\""},
      {"[1]", "1"},
      {"[]", "{}"},
      {"[1,2]", "[2,1]"},
      {R"({"a":1})", R"({"a":1,"b":null})"},
      {"\"a\"", "\"A\""},
      {"\"a\"", "\"a \""},
      {"9007199254740993", "9007199254740992.0"},
      {"123456789012345678901234567890", "123456789012345678901234567891"},
      {"-1", "18446744073709551615"},
      {R"({"a":1})", R"({"a":1}x)"},
      {"", ""},
      {"x", "x"},
      {R"(["a","b"])", R"(["a\",\"b"])"}};
  for (const auto& [a, b] : other) EXPECT_FALSE(same_json(a, b)) << a << " and " << b;
}

TEST(ToolCallsTest, ArgumentsEqualToTheirDefaultAreLeftOut) {
  EXPECT_EQ(with_defaults(R"({"room":"hall","level":1.0,"on":true,"name":"x"})", kTools, "lamp"),
            R"({"name":"x"})");
  EXPECT_EQ(with_defaults(R"({"room":"Hall","level":true,"on":1,"new":"hall"})", kTools, "lamp"),
            R"({"room":"Hall","level":true,"on":1,"new":"hall"})");
  EXPECT_EQ(with_defaults(R"({"tags":["a","b"],"none":null})", kTools, "lamp"), "{}");
  EXPECT_EQ(with_defaults(R"({"tags":["b","a"],"name":null})", kTools, "lamp"),
            R"({"tags":["b","a"],"name":null})");
}

TEST(ToolCallsTest, WithoutASchemaArgumentsStayAsTheyAre) {
  for (const char* arguments : {R"({"room": "hall"})", "[]", "no json", ""}) {
    EXPECT_EQ(with_defaults(arguments, kTools, "bare"), arguments);
    EXPECT_EQ(with_defaults(arguments, kTools, "unknown"), arguments);
    for (const char* tools : {"", "{}", "[]", "[1,{\"function\":1},{\"function\":{\"name\":1}}]",
                              "[{\"function\":{\"name\":\"lamp\",\"parameters\":7}}]"}) {
      EXPECT_EQ(with_defaults(arguments, tools, "lamp"), arguments) << tools;
    }
  }
}

TEST(ToolCallsTest, DeepNestingIsRefused) {
  const auto nested = [](size_t depth) { return repeated("[", depth) + repeated("]", depth); };
  EXPECT_TRUE(compact_json(nested(kDeepestJson)));
  EXPECT_FALSE(compact_json(nested(kDeepestJson + 1)));
  EXPECT_FALSE(compact_json(nested(100'000)));
  EXPECT_FALSE(read_calls(repeated("[", 1'000'000)));
  EXPECT_FALSE(same_json(repeated("{\"a\":", 100'000), "1"));
}

TEST(ToolCallsTest, TextThatIsNotUnicodeIsNoJson) {
  for (const char* text : {"\"\xff\"", "\"\xc3\"", "\"\xed\xa0\x80\"", R"("\ud800")", R"("\udc00")",
                           R"("\ud800\u0041")", "\"a\nb\"", "1e999", "-1e999", "01", "+1", ".5"}) {
    EXPECT_FALSE(compact_json(text)) << text;
    EXPECT_FALSE(same_json(text, text)) << text;
  }
  EXPECT_EQ(compact_json(R"("\ud83d\ude42")"), "\"🙂\"");
}

TEST(ToolCallsTest, AMegabyteIsReadInWellUnderASecond) {
  std::string keys = "[{\"name\":\"f\",\"arguments\":{";
  for (int i = 0; i < 90'000; ++i) keys += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":1";
  keys += "}}]";
  const std::string hostile[] = {
      keys,
      "[" + repeated("{\"name\":\"f\",\"arguments\":{}},", 33'000) +
          "{\"name\":\"f\",\"arguments\":{}}]",
      "[{\"name\":\"" + std::string(1'000'000, 'x') + "\",\"arguments\":{}}]",
      "[{\"name\":\"f\",\"arguments\":{\"a\":" + std::string(1'000'000, '9') + "}}]",
      "[{\"name\":\"f\",\"arguments\":{\"a\":0." + std::string(1'000'000, '9') + "}}]",
      "[" + repeated("1e308,", 166'000) + "1]",
      "[" + repeated("{},", 333'000) + "{}]",
      repeated("{\"name\":", 125'000),
      repeated("\\", 1'000'000),
      std::string(1'000'000, '\0')};
  for (const std::string& text : hostile) {
    EXPECT_LT(seconds([&] { read_calls(text); }), kLongest) << text.substr(0, 40);
    EXPECT_LT(seconds([&] { same_json(text, text); }), kLongest) << text.substr(0, 40);
    EXPECT_LT(seconds([&] { with_defaults(text, kTools, "lamp"); }), kLongest)
        << text.substr(0, 40);
  }
  EXPECT_EQ(read_calls(keys)->front().arguments, keys.substr(25, keys.size() - 27));
}

}  // namespace
}  // namespace tuneval
