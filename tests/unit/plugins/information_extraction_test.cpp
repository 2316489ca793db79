#include "task_test.h"

namespace tuneval {
namespace {

const TaskMaker make("information_extraction");

constexpr auto kSchema =
    R"({"schema": {"type": "object", "required": ["name"], "additionalProperties": false,
        "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}}}})";

std::string with_schema(const std::string& schema) { return "{\"schema\": " + schema + "}"; }

TEST(InformationExtractionTest, ThePromptHoldsDescriptionSchemaAndInput) {
  const Example example =
      make(R"({"schema": {"type": "object"}})")
          ->read(row_of(R"({"input": "Ada, 9", "output": {"b": 1, "a": 2.50}})"));
  ASSERT_EQ(example.messages.size(), 1u);
  EXPECT_EQ(example.messages[0].role, "user");
  EXPECT_EQ(example.messages[0].content,
            "Do it.\n\nAnswer with JSON that this schema describes, and nothing else:\n"
            "{\"type\":\"object\"}\n\nAda, 9");
  EXPECT_EQ(example.target, R"({"b":1,"a":2.5})");
  EXPECT_EQ(example.references, std::vector<std::string>{example.target});
  EXPECT_EQ(example.context, "Ada, 9");
  EXPECT_EQ(example.where, "train.jsonl:7");
  EXPECT_EQ(example.group, "");
}

TEST(InformationExtractionTest, OutputIsTextJsonOrJsonOfASchema) {
  const std::string row = R"({"input": "x", "output": " y "})";
  const Example text = make()->read(row_of(row));
  EXPECT_EQ(text.messages[0].content, "Do it.\n\nAnswer with the text asked for alone.\n\nx");
  EXPECT_EQ(text.target, " y ");
  EXPECT_EQ(text.references, std::vector<std::string>{"y"});
  EXPECT_EQ(make()->metrics(),
            (std::vector<std::string>{"exact_match", "rouge_l", "format_valid"}));
  EXPECT_TRUE(make()->parse(text, " y\n").parsed);
  EXPECT_FALSE(make()->parse(text, " \n").parsed);

  const auto json = make(R"({"output": "json"})");
  EXPECT_EQ(json->read(row_of(R"({"input": "x", "output": [1, "y"]})")).target, R"([1,"y"])");
  EXPECT_EQ(json->read(row_of(R"({"input": "x", "output": 7})")).target, "7");
  EXPECT_EQ(json->read(row_of(R"({"input": "x", "output": "{\"a\": 1.0}"})")).target,
            R"({"a":1.0})");
  EXPECT_EQ(json->metrics(),
            (std::vector<std::string>{"field_f1", "exact_match", "json_valid", "format_valid"}));
  EXPECT_EQ(json->read(row_of(R"({"input": "x", "output": 7})")).messages[0].content,
            "Do it.\n\nAnswer with JSON and nothing else.\n\nx");
}

TEST(InformationExtractionTest, TheBenchmarksRowsAreReadToo) {
  const auto type = make(kSchema);
  const Example plain =
      type->read(row_of(R"({"question": "Bob", "answer": "{\"name\": \"Bob\"}"})"));
  EXPECT_EQ(plain.context, "Bob");
  EXPECT_EQ(plain.target, R"({"name":"Bob"})");
  const Example below = type->read(row_of(
      R"({"id": 3, "question": "Who?", "context": "Eve", "answer": {"name": "Eve"}, "group": "g",
          "notes": {"k": 1}})"));
  EXPECT_EQ(below.context, "Who?\n\nEve");
  EXPECT_TRUE(below.messages[0].content.ends_with("\n\nWho?\n\nEve"));
  EXPECT_EQ(below.group, "g");
  EXPECT_EQ(below.notes, R"({"k":1})");
}

TEST(InformationExtractionTest, OptionsAreStrict) {
  EXPECT_EQ(make.refusal(R"({"shema": {}})"),
            "pack.toml: \"shema\" is not an option of information_extraction: expected schema, "
            "output, prompt, max_new_tokens, constrained or verbatim");
  EXPECT_EQ(make.refusal(R"({"output": "xml"})"),
            "pack.toml: \"output\" is \"xml\": expected text or json");
  EXPECT_EQ(make.refusal(R"({"output": "text", "schema": {}})"),
            "pack.toml: \"output\" is \"text\", but there is a schema: expected json");
  EXPECT_EQ(make.refusal(R"({"schema": "x"})"),
            "pack.toml: \"schema\" is \"x\": expected an object");
  EXPECT_EQ(make.refusal(R"({"constrained": true})"), "pack.toml: \"constrained\" needs a schema");
  EXPECT_EQ(make.refusal(R"({"max_new_tokens": 0})"), "pack.toml: \"max_new_tokens\" is below 1");
  EXPECT_EQ(make.refusal(R"({"verbatim": ["a"]})"),
            "pack.toml: \"verbatim\" names keys, but the output is text");
  EXPECT_EQ(make.refusal(R"({"prompt": "{input} {schema}"})"),
            "pack.toml: \"prompt\" holds {schema}: expected {description} or {input}");
  EXPECT_EQ(make.refusal(R"({"prompt": "{description}"})"),
            "pack.toml: \"prompt\" does not hold {input}");
}

TEST(InformationExtractionTest, SchemasAreChecked) {
  const auto fault = [](const std::string& schema) { return make.refusal(with_schema(schema)); };
  const std::string at = "pack.toml: \"schema\" ";
  EXPECT_EQ(fault(R"({"typ": "object"})"), at + "holds \"typ\", which is not supported");
  EXPECT_EQ(fault(R"({"properties": {"a": {"if": true}}})"),
            at + "at a holds \"if\", which is not supported");
  EXPECT_EQ(fault(R"({"type": "dict"})"),
            at + "has \"type\" as \"dict\": expected a type or an array of types");
  EXPECT_EQ(fault(R"({"type": []})"),
            at + "has \"type\" as []: expected a type or an array of types");
  EXPECT_EQ(fault(R"({"items": 3})"), at + "at items is 3: expected an object");
  EXPECT_EQ(fault(R"({"enum": []})"), at + "has \"enum\" as []: expected an array of values");
  EXPECT_EQ(fault(R"({"required": [1]})"),
            at + "has \"required\" as [1]: expected an array of names");
  EXPECT_EQ(fault(R"({"pattern": "("})"),
            at + "has \"pattern\" as \"(\": expected a regular expression");
  EXPECT_EQ(fault(R"({"minimum": "0"})"), at + "has \"minimum\" as \"0\": expected a number");
  EXPECT_EQ(fault(R"({"multipleOf": 0})"), at + "has \"multipleOf\" as 0: expected a number");
  EXPECT_EQ(fault(R"({"maxItems": -1})"), at + "has \"maxItems\" as -1: expected a count");
  EXPECT_EQ(fault(R"({"uniqueItems": 1})"),
            at + "has \"uniqueItems\" as 1: expected true or false");
  EXPECT_EQ(fault(R"({"anyOf": []})"), at + "has \"anyOf\" as []: expected an array of schemas");
  for (const char* reference : {"#/$defs/b", "http://x/y", "b", "#/x~y"}) {
    EXPECT_EQ(fault(R"({"$defs": {"a": {}}, "$ref": ")" + std::string(reference) + "\"}"),
              at + "has \"$ref\" as \"" + reference +
                  "\": expected a place in this schema, such as #/$defs/name");
  }
  EXPECT_EQ(fault(R"({"properties": []})"),
            at + "has \"properties\" as []: expected an object of schemas");
}

/// What a row with this output is told under this schema; empty when it is taken.
std::string fault_of(const std::string& schema, const std::string& output) {
  const auto type = make(with_schema(schema));
  const std::string row = R"({"input": "x", "output": )" + output + "}";
  const std::string prefix = "train.jsonl:7: \"output\" does not fit the schema: ";
  try {
    type->read(row_of(row));
  } catch (const DataError& error) {
    const std::string message = error.what();
    EXPECT_TRUE(message.starts_with(prefix)) << message;
    return message.substr(std::min(prefix.size(), message.size()));
  }
  return {};
}

TEST(InformationExtractionTest, EveryWordOfASchemaIsObeyed) {
  struct Case {
    std::string schema, output, fault;
  };
  const std::vector<Case> cases = {
      {R"({"type": "object"})", "[]", "the whole is []: expected an object"},
      {R"({"type": ["null", "integer"]})", "1.5",
       R"(the whole is 1.5: expected one of the types ["null","integer"])"},
      {R"({"type": "integer"})", "2.0", ""},
      {R"({"type": "number"})", "2", ""},
      {R"({"type": "boolean"})", "1", "the whole is 1: expected a boolean"},
      {R"({"const": {"a": 1}})", R"({"a": 1.0})", ""},
      {R"({"const": 1})", "true", "the whole is true: expected 1"},
      {R"({"enum": [1, "b"]})", "\"\\\"c\\\"\"", R"(the whole is "c": expected one of [1,"b"])"},
      {R"({"required": ["a"]})", R"({"b": 1})", R"("a" is missing)"},
      {R"({"properties": {"a": {"required": ["b"]}}})", R"({"a": {}})", R"("a.b" is missing)"},
      {R"({"properties": {"a": {}}, "additionalProperties": false})", R"({"a": 1, "b": 2})",
       R"("b" is there: expected no key but a)"},
      {R"({"properties": {"a": {}}, "additionalProperties": {"type": "null"}})", R"({"b": 2})",
       R"("b" is 2: expected null)"},
      {R"({"properties": {"a": false}})", R"({"a": 2})", R"("a" is there: expected nothing here)"},
      {R"({"minProperties": 1})", "{}", "the whole has 0 keys: expected 1 or more"},
      {R"({"maxProperties": 1})", R"({"a": 1, "b": 2})",
       "the whole has 2 keys: expected 1 or fewer"},
      {R"({"items": {"type": "string"}})", R"(["a", 7])", R"("[1]" is 7: expected a string)"},
      {R"({"properties": {"l": {"items": {"properties": {"n": {"type": "string"}}}}}})",
       R"({"l": [{"n": "x"}, {"n": null}]})", R"("l[1].n" is null: expected a string)"},
      {R"({"prefixItems": [{"type": "string"}], "items": {"type": "number"}})", R"(["a", 1, "b"])",
       R"("[2]" is "b": expected a number)"},
      {R"({"minItems": 2})", "[1]", "the whole has 1 items: expected 2 or more"},
      {R"({"maxItems": 0})", "[1]", "the whole has 1 items: expected 0 or fewer"},
      {R"({"uniqueItems": true})", "[1, 2, 1.0]",
       "the whole holds an item twice: expected items that differ"},
      {R"({"uniqueItems": true})", "[1, true, \"1\"]", ""},
      {R"({"minLength": 3})", R"("\"äö\"")", "the whole has 2 characters: expected 3 or more"},
      {R"({"maxLength": 2})", R"("\"äö\"")", ""},
      {R"({"pattern": "^[A-Z]+$"})", R"("\"Ab\"")",
       R"(the whole is "Ab": expected a text that matches "^[A-Z]+$")"},
      {R"({"minimum": 1})", "0", "the whole is 0: expected 1 or more"},
      {R"({"maximum": 1})", "1.5", "the whole is 1.5: expected 1 or less"},
      {R"({"exclusiveMinimum": 1})", "1", "the whole is 1: expected more than 1"},
      {R"({"exclusiveMaximum": 1})", "1", "the whole is 1: expected less than 1"},
      {R"({"multipleOf": 0.1})", "0.3", ""},
      {R"({"multipleOf": 2})", "3", "the whole is 3: expected a multiple of 2"},
      {R"({"allOf": [{"minimum": 1}, {"maximum": 2}]})", "3", "the whole is 3: expected 2 or less"},
      {R"({"anyOf": [{"type": "null"}, {"type": "array"}]})", "3",
       "the whole is 3: expected a form of \"anyOf\""},
      {R"({"anyOf": [{"type": "null"}, {"type": "number"}]})", "3", ""},
      {R"({"oneOf": [{"minimum": 1}, {"maximum": 5}]})", "3",
       "the whole is 3: expected exactly one form of \"oneOf\""},
      {R"({"not": {"type": "number"}})", "3",
       "the whole is 3: expected what \"not\" does not describe"},
      {R"({"$defs": {"n": {"properties": {"next": {"$ref": "#/$defs/n"}, "v": {"type": "string"}}}},
           "$ref": "#/$defs/n"})",
       R"({"next": {"next": {"v": 1}}})", R"("next.next.v" is 1: expected a string)"},
      {R"({"$ref": "#"})", "1", "the whole lies too deep: expected fewer references"},
      {R"({"type": "string", "format": "date", "title": "t"})", R"("\"x\"")", ""},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(fault_of(one.schema, one.output), one.fault) << one.schema << " " << one.output;
  }
}

TEST(InformationExtractionTest, APatternThatWouldTakeForeverIsAFault) {
  const std::string text(5000, 'a');
  const std::string fault = fault_of(R"({"pattern": "^(a+)+$"})", R"("\")" + text + R"(b\"")");
  EXPECT_TRUE(fault.starts_with("the whole is \"aaaa")) << fault;
}

TEST(InformationExtractionTest, BadRowsAreNamed) {
  EXPECT_EQ(make.bad("{}"), "train.jsonl:7: \"input\" is missing");
  EXPECT_EQ(make.bad(R"({"input": " ", "output": "x"})"), "train.jsonl:7: \"input\" is empty");
  EXPECT_EQ(make.bad(R"({"input": "x"})"), "train.jsonl:7: \"output\" is missing");
  EXPECT_EQ(make.bad(R"({"input": "x", "output": ""})"), "train.jsonl:7: \"output\" is empty");
  EXPECT_EQ(make.bad(R"({"input": "x", "output": {}})"),
            "train.jsonl:7: \"output\" is {}: expected a string");
  EXPECT_EQ(make.bad(R"({"question": "x"})"), "train.jsonl:7: \"answer\" is missing");
  EXPECT_EQ(make.bad(R"({"question": "x", "context": 3, "answer": "y"})"),
            "train.jsonl:7: \"context\" is 3: expected a string");
  EXPECT_EQ(make.bad(R"({"input": "x", "output": "y", "group": 3})"),
            "train.jsonl:7: \"group\" is 3: expected a string");
  EXPECT_EQ(make.bad(R"({"input": "x", "output": "y", "notes": 3})"),
            "train.jsonl:7: \"notes\" is 3: expected an object");
  EXPECT_EQ(make.bad(R"({"input": "x", "output": "Ada"})", kSchema),
            "train.jsonl:7: \"output\" is not JSON, and not a text that holds JSON");
  EXPECT_EQ(make.bad(R"({"input": "x", "output": {"name": 1}})", kSchema),
            "train.jsonl:7: \"output\" does not fit the schema: \"name\" is 1: expected a string");
}

TEST(InformationExtractionTest, JsonIsFoundBetweenOtherWords) {
  const auto type = make(kSchema);
  const std::string ada = R"({"name":"Ada","age":9})";
  for (const std::string& right :
       {ada, " " + ada + "\n", "```json\n" + ada + "\n```", "```\n" + ada + "\n``` ",
        "Here it is:\n```json\n" + ada + "\n```\nDone.", "The answer [1] is " + ada + ".",
        "{x} " + ada, std::string(R"({ "name" : "Ada", "age": 9 })"), ada + ada,
        "{\"name\": 1} no: " + ada}) {
    const Prediction prediction = type->parse({}, right);
    EXPECT_TRUE(prediction.parsed) << right;
    EXPECT_EQ(prediction.text, ada) << right;
  }
  for (const char* wrong :
       {"", "Ada", "{\"name\": \"Ada\"", R"({"name": "Ada", "age": "9"})", "{}", "null",
        R"({'name': 'Ada'})", R"({"name": "Ada",})", "{\"name\": \"\xff\"}", R"({"name": NaN})"}) {
    const Prediction prediction = type->parse({}, wrong);
    EXPECT_FALSE(prediction.parsed) << wrong;
    EXPECT_EQ(prediction.text, "");
  }
}

TEST(InformationExtractionTest, HostileTextIsReadFast) {
  const Example example;
  expect_fast_parse(*make(kSchema), example);
  expect_fast_parse(*make(), example);
  expect_fast_parse(*make(R"({"schema": {"uniqueItems": true, "items": {"type": "integer"},
      "additionalProperties": {"type": "string", "pattern": "^a*$"}}})"),
                    example);
}

TEST(InformationExtractionTest, ConstrainedDecodingIsAnOption) {
  EXPECT_EQ(make(kSchema)->decoding().constraint, Constraint::none);
  EXPECT_EQ(make(kSchema)->decoding().max_new_tokens, 512);
  const Decoding decoding =
      make(R"({"schema": {"type": "null"}, "constrained": true, "max_new_tokens": 9})")->decoding();
  EXPECT_EQ(decoding.constraint, Constraint::json_schema);
  EXPECT_EQ(decoding.schema, R"({"type":"null"})");
  EXPECT_EQ(decoding.max_new_tokens, 9);
}

TEST(InformationExtractionTest, ReviewFindsWhatIsNotInTheInput) {
  const auto type = make(R"({"output": "json", "verbatim": ["name", "tags"]})");
  std::vector<Example> examples;
  examples.push_back(type->read(row_of(
      R"({"input": "Ada ran", "output": {"name": "Ada", "tags": ["ran"], "kind": "person"}})")));
  EXPECT_TRUE(type->review(examples).empty());
  examples.push_back(type->read(
      row_of(R"({"input": "Bob sat", "output": [{"name": "Rob", "tags": ["sat", "x"]}]})")));
  EXPECT_EQ(type->review(examples),
            (std::vector<std::string>{"train.jsonl:7: name is \"Rob\", which is not in the input",
                                      "train.jsonl:7: tags is \"x\", which is not in the input"}));
  for (int i = 0; i < 20; ++i) examples.push_back(examples[1]);
  EXPECT_EQ(type->review(examples).size(), 21u);
  EXPECT_EQ(type->review(examples).back(), "and 22 more of this kind");
}

}  // namespace
}  // namespace tuneval
