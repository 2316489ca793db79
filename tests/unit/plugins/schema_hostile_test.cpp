// Schemas and values that a validator which follows every branch would not be done with.
#include "schema_cases.h"

namespace tuneval {
namespace {

/// A list or tree of itself by `word` (anyOf, oneOf) over two forms. Both lead on before they fail.
std::string recursive(const std::string& word) {
  const std::string rest =
      R"("items": {"$ref": "#/$defs/n"}, "properties": {"next": {"$ref": "#/$defs/n"}})";
  return R"({"$ref": "#/$defs/n", "$defs": {"n": {")" + word + R"(": [
      {)" +
         rest + R"(, "required": ["a"], "type": "object"},
      {)" +
         rest + R"(, "type": ["object", "array", "null"]}]}}})";
}

/// {"next":{"next":…}} around `end`.
std::string nested(size_t depth, const std::string& end) {
  std::string text;
  for (size_t i = 0; i < depth; ++i) text += R"({"next":)";
  return text + end + std::string(depth, '}');
}

/// An array of a megabyte.
std::string wide(const std::string& item, const std::string& end) {
  std::string text = "[";
  while (text.size() < size_t{1} << 20) text += item + ",";
  return text + end + "]";
}

void expect_verdict_in_a_second(const std::string& schema, const std::string& value, bool fits) {
  const auto type = make_with_schema()(with_schema(schema));
  const double start = processor_seconds();
  EXPECT_EQ(type->parse({}, value).parsed, fits) << value.substr(0, 40);
  EXPECT_LT(processor_seconds() - start, kSlower * 1.0) << value.substr(0, 40);
}

TEST(HostileSchemaTest, AKilobyteInsideItselfIsJudgedFast) {
  for (const std::string word : {"anyOf", "oneOf"}) {
    SCOPED_TRACE(word);
    expect_verdict_in_a_second(recursive(word), nested(110, "null"), true);
    expect_verdict_in_a_second(recursive(word), nested(110, "7"), false);
  }
  const std::string twice = R"({"$ref": "#/$defs/n", "$defs": {"n": {"type": ["object", "null"],
      "properties": {"next": {"allOf": [{"$ref": "#/$defs/n"}, {"$ref": "#/$defs/n"}]}}}}})";
  expect_verdict_in_a_second(twice, nested(110, "null"), true);
  expect_verdict_in_a_second(twice, nested(110, "7"), false);
  EXPECT_TRUE(fault_of(twice, nested(110, "7"))
                  .ends_with("next.next\" is 7: expected one of the types [\"object\",\"null\"]"));
}

TEST(HostileSchemaTest, AMegabyteIsJudgedFast) {
  for (const std::string word : {"anyOf", "oneOf"}) {
    SCOPED_TRACE(word);
    for (const std::string item : {"{\"next\":{}}", "[]", "null"}) {
      expect_verdict_in_a_second(recursive(word), wide(item, "null"), true);
      expect_verdict_in_a_second(recursive(word), wide(item, "7"), false);
    }
    const std::string long_text = "\"" + std::string(size_t{1} << 20, 'a') + "\"";
    expect_verdict_in_a_second(recursive(word), nested(110, long_text), false);
  }
}

TEST(HostileSchemaTest, AnyTextIsReadFast) {
  expect_fast_parse(*make_with_schema()(with_schema(recursive("anyOf"))), {});
}

TEST(HostileSchemaTest, WhatLiesTooDeepIsAFaultWhateverTheSchemaMakesOfIt) {
  const std::string four_a_level = R"("$defs": {"n": {"allOf": [{"allOf": [
      {"properties": {"next": {"$ref": "#/$defs/n"}}}]}]}})";
  const std::string deep = nested(255, "null");
  EXPECT_TRUE(fault_of(R"({"$ref": "#/$defs/n", )" + four_a_level + "}", deep)
                  .ends_with("next\" lies too deep: expected fewer schemas inside each other"));
  EXPECT_TRUE(fault_of(R"({"not": {"$ref": "#/$defs/n"}, )" + four_a_level + "}", deep)
                  .ends_with("next\" lies too deep: expected fewer schemas inside each other"));
  EXPECT_EQ(fault_of(R"({"$ref": "#/$defs/n", )" + four_a_level + "}", nested(200, "null")), "");
}

}  // namespace
}  // namespace tuneval
