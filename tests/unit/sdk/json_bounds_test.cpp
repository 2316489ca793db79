#include "sdk/src/json_bounds.h"

#include "tuneval/config.h"
#include "tuneval/error.h"

#include <gtest/gtest.h>

#include <string>

namespace tuneval {
namespace {

std::string nested(size_t depth) {
  return "{\"a\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
}

TEST(JsonBounds, DepthIsBoundedWhateverTheTextsHold) {
  EXPECT_EQ(detail::json_fault(nested(256)), "");
  EXPECT_EQ(detail::json_fault(nested(257)), "is nested deeper than 256");
  EXPECT_EQ(
      detail::json_fault("\"" + std::string(500, '[') + "\\\"" + std::string(500, '{') + "\""), "");
  EXPECT_EQ(detail::json_fault("\"a\"" + std::string(257, '{')), "is nested deeper than 256");
  EXPECT_EQ(detail::json_fault("\"open \\"), "");
  EXPECT_EQ(detail::json_fault(std::string(500, ']')), "");
}

TEST(JsonBounds, KeysOfOneObjectAreBounded) {
  std::string keys, objects;
  for (int i = 0; i < 50'000; ++i) keys += "\"k\":1,";
  for (int i = 0; i < 60'000; ++i) objects += "{\"k\":1},";
  EXPECT_EQ(detail::json_fault("{" + keys), "");
  EXPECT_EQ(detail::json_fault("{" + keys + "\"k\":1"), "has an object of more than 50000 keys");
  EXPECT_EQ(detail::json_fault("[" + objects), "");
}

TEST(JsonBounds, AConfigKeepsThem) {
  const auto message = [](const std::string& text) {
    try {
      Config::parse(text, "config.json");
    } catch (const ConfigError& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  EXPECT_EQ(message(nested(256)), "none");
  EXPECT_EQ(message(nested(100'000)), "config.json: the JSON is nested deeper than 256");
  EXPECT_EQ(message("{\"a\": 1e999}").substr(0, 29), "config.json: not valid JSON: ");
}

}  // namespace
}  // namespace tuneval
