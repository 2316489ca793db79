#include "task_test.h"

namespace tuneval {
namespace {

const TaskMaker make("information_extraction");

constexpr auto kSchema =
    R"({"schema": {"type": "object", "required": ["name"], "additionalProperties": false,
        "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}}}})";

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
