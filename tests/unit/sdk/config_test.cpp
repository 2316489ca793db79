#include "tuneval/config.h"

#include "tests/support/folder.h"
#include "tuneval/error.h"

#include <gtest/gtest.h>

namespace tuneval {
namespace {

using test::message_of;
using Texts = std::vector<std::string>;

Config config(const std::string& json, ConfigKind kind = ConfigKind::config) {
  return Config::parse(json, "m/config.json", kind);
}

TEST(ConfigTest, ReadsEveryType) {
  const Config read = config(
      R"({"i": -3, "x": 0.5, "b": true, "t": "é", "is": [1, 2], "xs": [1, 0.5], "ts": ["a"],
          "o": {"k": 1}, "os": [{"k": 1}, {"k": 2}], "n": null})");
  EXPECT_EQ(read.integer("i"), -3);
  EXPECT_EQ(read.number("i"), -3.0);
  EXPECT_EQ(read.number("x"), 0.5);
  EXPECT_TRUE(read.flag("b"));
  EXPECT_EQ(read.text("t"), "é");
  EXPECT_EQ(read.integers("is"), (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(read.numbers("xs"), (std::vector<double>{1, 0.5}));
  EXPECT_EQ(read.texts("ts"), Texts{"a"});
  EXPECT_EQ(read.object("o").integer("k"), 1);
  EXPECT_EQ(read.objects("os").at(1).integer("k"), 2);
  EXPECT_EQ(read.json("is"), "[1,2]");
  EXPECT_EQ(read.keys().size(), 10u);
  EXPECT_EQ(read.keys().front(), "i");
  EXPECT_TRUE(read.is_number("x") && read.is_text("t") && read.is_array("is"));
  EXPECT_TRUE(read.is_object("o") && !read.is_object("is") && !read.is_text("none"));
}

TEST(ConfigTest, NullCountsAsAbsent) {
  const Config read = config(R"({"n": null})");
  EXPECT_FALSE(read.has("n"));
  EXPECT_EQ(read.integer_or("n", 7), 7);
  EXPECT_EQ(read.text_or("n", "x"), "x");
  EXPECT_TRUE(read.flag_or("n", true));
  EXPECT_EQ(read.number_or("other", 0.25), 0.25);
  EXPECT_FALSE(read.object_or_none("n"));
  EXPECT_EQ(message_of<ConfigError>([&] { read.integer("n"); }), "m/config.json: \"n\" is missing");
}

TEST(ConfigTest, AWrongTypeIsShownWithWhatWasExpected) {
  const Config read = config(R"({"a": "wide", "i": 1, "x": 1.5, "f": 1.0, "mixed": [1, "b"]})");
  const auto refusal = [](auto call) { return message_of<ConfigError>(call); };
  EXPECT_EQ(refusal([&] { read.integer("a"); }),
            "m/config.json: \"a\" is \"wide\": expected an integer");
  EXPECT_EQ(refusal([&] { read.integer("x"); }),
            "m/config.json: \"x\" is 1.5: expected an integer");
  EXPECT_EQ(refusal([&] { read.integer("f"); }),
            "m/config.json: \"f\" is 1.0: expected an integer");
  EXPECT_EQ(refusal([&] { read.number("a"); }),
            "m/config.json: \"a\" is \"wide\": expected a number");
  EXPECT_EQ(refusal([&] { read.flag("i"); }), "m/config.json: \"i\" is 1: expected true or false");
  EXPECT_EQ(refusal([&] { read.text("i"); }), "m/config.json: \"i\" is 1: expected a string");
  EXPECT_EQ(refusal([&] { read.texts("mixed"); }),
            "m/config.json: \"mixed\" is [1,\"b\"]: expected an array of strings");
  EXPECT_EQ(refusal([&] { read.integers("mixed"); }),
            "m/config.json: \"mixed\" is [1,\"b\"]: expected an array of integers");
  EXPECT_EQ(refusal([&] { read.objects("mixed"); }),
            "m/config.json: \"mixed\" is [1,\"b\"]: expected an array of objects");
  EXPECT_EQ(refusal([&] { read.object("i"); }), "m/config.json: \"i\" is 1: expected an object");
  // What `_or` finds must be right as well.
  EXPECT_EQ(refusal([&] { read.integer_or("a", 1); }),
            "m/config.json: \"a\" is \"wide\": expected an integer");
}

TEST(ConfigTest, IntegersPast64BitsAreRefused) {
  const Config read = config(R"({"most": 9223372036854775807, "more": 9223372036854775808})");
  EXPECT_EQ(read.integer("most"), INT64_MAX);
  EXPECT_EQ(message_of<ConfigError>([&] { read.integer("more"); }),
            "m/config.json: \"more\" is 9223372036854775808: expected an integer");
}

TEST(ConfigTest, LongValuesAreCutInMessages) {
  const Config read = config(R"({"a": ")" + std::string(500, 'x') + "\"}");
  const std::string message = message_of<ConfigError>([&] { read.integer("a"); });
  EXPECT_LT(message.size(), 160u);
  EXPECT_NE(message.find("xxx…: expected"), std::string::npos) << message;
}

TEST(ConfigTest, NestedObjectsSayWhereTheyAre) {
  const Config read = config(R"({"o": {"p": {}}, "os": [{}, {"k": "x"}]})");
  EXPECT_EQ(message_of<ConfigError>([&] { read.object("o").object("p").text("q"); }),
            "m/config.json: o: p: \"q\" is missing");
  EXPECT_EQ(message_of<ConfigError>([&] { read.objects("os")[1].integer("k"); }),
            "m/config.json: os[1]: \"k\" is \"x\": expected an integer");
}

TEST(ConfigTest, TheErrorIsOfTheObjectsKind) {
  const std::string json = R"({"o": {}})";
  EXPECT_THROW(config(json, ConfigKind::config).object("o").text("k"), ConfigError);
  EXPECT_THROW(config(json, ConfigKind::data).object("o").text("k"), DataError);
  EXPECT_THROW(config(json, ConfigKind::manifest).object("o").text("k"), ManifestError);
  EXPECT_THROW(config("{", ConfigKind::data), DataError);
  EXPECT_EQ(message_of<DataError>([&] { config(json, ConfigKind::data).fail("is odd"); }),
            "m/config.json: is odd");
}

TEST(ConfigTest, WhatIsNoObjectIsRefused) {
  EXPECT_EQ(message_of<ConfigError>([] { config("[1]"); }),
            "m/config.json: expected a JSON object, found array");
  EXPECT_NE(message_of<ConfigError>([] { config("{\"a\": }"); }).find("not valid JSON"),
            std::string::npos);
  EXPECT_NE(message_of<ConfigError>([] { config("{\"a\": \"\xff\"}"); }).find("not valid JSON"),
            std::string::npos);
}

}  // namespace
}  // namespace tuneval
