// The JSON Schema validator of plugins/tasks/parts, as a pack meets it.
#include "schema_cases.h"

namespace tuneval {
namespace {

TEST(JsonSchemaTest, SchemasAreChecked) {
  EXPECT_EQ(schema_fault(R"({"typ": "object"})"), "holds \"typ\", which is not supported");
  EXPECT_EQ(schema_fault(R"({"properties": {"a": {"if": true}}})"),
            "at a holds \"if\", which is not supported");
  EXPECT_EQ(schema_fault(R"({"type": "dict"})"),
            "has \"type\" as \"dict\": expected a type or an array of types");
  EXPECT_EQ(schema_fault(R"({"type": []})"),
            "has \"type\" as []: expected a type or an array of types");
  EXPECT_EQ(schema_fault(R"({"items": 3})"), "at items is 3: expected an object");
  EXPECT_EQ(schema_fault(R"({"enum": []})"), "has \"enum\" as []: expected an array of values");
  EXPECT_EQ(schema_fault(R"({"required": [1]})"),
            "has \"required\" as [1]: expected an array of names");
  EXPECT_EQ(schema_fault(R"({"pattern": 1})"),
            "has \"pattern\" as 1: expected a regular expression");
  EXPECT_EQ(schema_fault(R"({"minimum": "0"})"), "has \"minimum\" as \"0\": expected a number");
  EXPECT_EQ(schema_fault(R"({"multipleOf": 0})"), "has \"multipleOf\" as 0: expected a number");
  EXPECT_EQ(schema_fault(R"({"maxItems": -1})"), "has \"maxItems\" as -1: expected a count");
  EXPECT_EQ(schema_fault(R"({"uniqueItems": 1})"),
            "has \"uniqueItems\" as 1: expected true or false");
  EXPECT_EQ(schema_fault(R"({"anyOf": []})"), "has \"anyOf\" as []: expected an array of schemas");
  EXPECT_EQ(schema_fault(R"({"properties": []})"),
            "has \"properties\" as []: expected an object of schemas");
}

TEST(JsonSchemaTest, ReferencesLeadSomewhereAndNotInACircle) {
  for (const std::string reference : {"#/$defs/b", "http://x/y", "b", "#/x~y"}) {
    EXPECT_EQ(schema_fault(R"({"$defs": {"a": {}}, "$ref": ")" + reference + "\"}"),
              "has \"$ref\" as \"" + reference +
                  "\": expected a place in this schema, such as #/$defs/name");
  }
  EXPECT_EQ(schema_fault(R"({"properties": {"x": {"$ref": "#/$defs/a"}},
                             "$defs": {"a": {"items": {"typ": 1}}}})"),
            "at a.items holds \"typ\", which is not supported");
  const std::string circle =
      ", which leads back to itself: expected a word between that goes into the value, such as "
      "properties or items";
  EXPECT_EQ(schema_fault(R"({"$ref": "#"})"), "has \"$ref\" as \"#\"" + circle);
  EXPECT_EQ(schema_fault(R"({"$defs": {"a": {"anyOf": [{"type": "null"}, {"not": {"allOf":
                             [{"$ref": "#/$defs/a"}]}}]}}, "items": {"$ref": "#/$defs/a"}})"),
            "has \"$ref\" as \"#/$defs/a\"" + circle);
  std::string chain = R"({"items": {"$ref": "#/$defs/d0"}, "$defs": {"d300": {})";
  for (int i = 0; i < 300; ++i) {
    chain +=
        R"(, "d)" + std::to_string(i) + R"(": {"$ref": "#/$defs/d)" + std::to_string(i + 1) + "\"}";
  }
  EXPECT_EQ(schema_fault(chain + "}}"), "has references too deep inside each other");
}

TEST(JsonSchemaTest, WordsAboutAnyValueAreObeyed) {
  expect_faults({
      {R"({"type": "object"})", "[]", "the whole is []: expected an object"},
      {R"({"type": ["null", "integer"]})", "1.5",
       R"(the whole is 1.5: expected one of the types ["null","integer"])"},
      {R"({"type": "integer"})", "2.0", ""},
      {R"({"type": "number"})", "2", ""},
      {R"({"type": "boolean"})", "1", "the whole is 1: expected a boolean"},
      {R"({"const": {"a": 1}})", R"({"a": 1.0})", ""},
      {R"({"const": 1})", "true", "the whole is true: expected 1"},
      {R"({"enum": [1, "b"]})", "\"\\\"c\\\"\"", R"(the whole is "c": expected one of [1,"b"])"},
      {R"({"type": "string", "format": "date", "title": "t"})", R"("\"x\"")", ""},
  });
}

TEST(JsonSchemaTest, WordsAboutObjectsAreObeyed) {
  expect_faults({
      {R"({"required": ["a"]})", R"({"b": 1})", R"("a" is missing)"},
      {R"({"properties": {"a": {"required": ["b"]}}})", R"({"a": {}})", R"("a.b" is missing)"},
      {R"({"properties": {"a": {}}, "additionalProperties": false})", R"({"a": 1, "b": 2})",
       R"("b" is there: expected no key but a)"},
      {R"({"additionalProperties": false})", R"({"b": 2})", R"("b" is there: expected no key)"},
      {R"({"properties": {"a": {}}, "additionalProperties": {"type": "null"}})", R"({"b": 2})",
       R"("b" is 2: expected null)"},
      {R"({"properties": {"a": false}})", R"({"a": 2})", R"("a" is there: expected nothing here)"},
      {R"({"minProperties": 1})", "{}", "the whole has 0 keys: expected 1 or more"},
      {R"({"maxProperties": 1})", R"({"a": 1, "b": 2})",
       "the whole has 2 keys: expected 1 or fewer"},
  });
}

TEST(JsonSchemaTest, WordsAboutArraysAreObeyed) {
  expect_faults({
      {R"({"items": {"type": "string"}})", R"(["a", 7])", R"("[1]" is 7: expected a string)"},
      {R"({"properties": {"l": {"items": {"properties": {"n": {"type": "string"}}}}}})",
       R"({"l": [{"n": "x"}, {"n": null}]})", R"("l[1].n" is null: expected a string)"},
      {R"({"prefixItems": [{"type": "string"}], "items": {"type": "number"}})", R"(["a", 1, "b"])",
       R"("[2]" is "b": expected a number)"},
      {R"({"prefixItems": [{"type": "string"}, {}]})", "[1]", R"("[0]" is 1: expected a string)"},
      {R"({"minItems": 2})", "[1]", "the whole has 1 items: expected 2 or more"},
      {R"({"maxItems": 0})", "[1]", "the whole has 1 items: expected 0 or fewer"},
      {R"({"uniqueItems": true})", "[1, 2, 1.0]",
       "the whole holds an item twice: expected items that differ"},
      {R"({"uniqueItems": true})", "[1, true, \"1\"]", ""},
  });
}

TEST(JsonSchemaTest, WordsAboutTextsAndNumbersAreObeyed) {
  expect_faults({
      {R"({"minLength": 3})", R"("\"äö\"")", "the whole has 2 characters: expected 3 or more"},
      {R"({"maxLength": 2})", R"("\"äö\"")", ""},
      {R"({"minimum": 1})", "0", "the whole is 0: expected 1 or more"},
      {R"({"maximum": 1})", "1.5", "the whole is 1.5: expected 1 or less"},
      {R"({"exclusiveMinimum": 1})", "1", "the whole is 1: expected more than 1"},
      {R"({"exclusiveMaximum": 1})", "1", "the whole is 1: expected less than 1"},
      {R"({"multipleOf": 0.1})", "0.3", ""},
      {R"({"multipleOf": 2})", "3", "the whole is 3: expected a multiple of 2"},
  });
}

TEST(JsonSchemaTest, WordsThatCombineSchemasAreObeyed) {
  expect_faults({
      {R"({"allOf": [{"minimum": 1}, {"maximum": 2}]})", "3", "the whole is 3: expected 2 or less"},
      {R"({"anyOf": [{"type": "null"}, {"type": "array"}]})", "3",
       "the whole is 3: expected a form of \"anyOf\""},
      {R"({"anyOf": [{"type": "null"}, {"type": "number"}]})", "3", ""},
      {R"({"oneOf": [{"minimum": 1}, {"maximum": 5}]})", "3",
       "the whole is 3: expected exactly one form of \"oneOf\""},
      {R"({"oneOf": [{"minimum": 4}, {"maximum": 2}]})", "3",
       "the whole is 3: expected exactly one form of \"oneOf\""},
      {R"({"oneOf": [{"minimum": 4}, {"maximum": 5}]})", "3", ""},
      {R"({"not": {"type": "number"}})", "3",
       "the whole is 3: expected what \"not\" does not describe"},
      {R"({"not": {"type": "string"}})", "3", ""},
      {R"({"$defs": {"n": {"properties": {"next": {"$ref": "#/$defs/n"}, "v": {"type": "string"}}}},
           "$ref": "#/$defs/n"})",
       R"({"next": {"next": {"v": 1}}})", R"("next.next.v" is 1: expected a string)"},
  });
}

/// The same value meets the same schema first where no fault is to be told, then where one is.
TEST(JsonSchemaTest, AFaultIsToldThoughTheVerdictWasKnown) {
  const std::string schema = R"({"$defs": {"s": {"items": {"type": "string"}}},
      "allOf": [{"anyOf": [{"$ref": "#/$defs/s"}, {"type": "array"}]}, {"$ref": "#/$defs/s"}]})";
  EXPECT_EQ(fault_of(schema, R"(["a", 7])"), R"("[1]" is 7: expected a string)");
  EXPECT_EQ(fault_of(schema, R"(["a"])"), "");
}

TEST(JsonSchemaTest, OnlyTheBeginningOfALongValueIsShown) {
  const std::string a(55, 'a');
  EXPECT_EQ(text_fault(R"({"type": "null"})", a + "äöü"),
            "the whole is \"" + a + "äö…: expected null");
  EXPECT_EQ(fault_of(R"({"type": "null"})", "[\"" + a + "\", [1, 2], {\"b\": 3}]"),
            "the whole is [\"" + a + "\",[…: expected null");
  EXPECT_EQ(fault_of(R"({"type": "null"})", R"({"b": [], "a": {"c": null}})"),
            R"(the whole is {"a":{"c":null},"b":[]}: expected null)");
}

}  // namespace
}  // namespace tuneval
