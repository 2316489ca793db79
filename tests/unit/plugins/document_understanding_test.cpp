#include "task_test.h"

namespace tuneval {
namespace {

const TaskMaker make("document_understanding");

std::string cut(const std::string& document, const std::string& policy, int most) {
  const auto type = make(R"({"too_long": ")" + policy + R"(", "max_document_characters": )" +
                         std::to_string(most) + "}");
  return type->read(row_of(R"({"document": ")" + document + R"(", "output": "x"})")).context;
}

TEST(DocumentUnderstandingTest, ThePromptHoldsInstructionAndDocument) {
  const auto type = make();
  const Example example =
      type->read(row_of(R"({"document": "Tea 3", "instruction": "Sum?", "output": " 3 "})"));
  EXPECT_EQ(example.messages[0].content,
            "Do it.\n\nAnswer with the text asked for alone.\n\nSum?\n\nDocument:\nTea 3");
  EXPECT_EQ(example.context, "Tea 3");
  EXPECT_EQ(example.target, " 3 ");
  EXPECT_EQ(example.references, std::vector<std::string>{"3"});
  const Example bare = type->read(row_of(R"({"document": "Tea 3", "output": "3"})"));
  EXPECT_EQ(bare.messages[0].content,
            "Do it.\n\nAnswer with the text asked for alone.\n\nDocument:\nTea 3");
  EXPECT_EQ(type->metrics(), (std::vector<std::string>{"rouge_l", "exact_match", "format_valid"}));
  EXPECT_EQ(make(R"({"output": "json"})")->metrics(),
            (std::vector<std::string>{"field_f1", "exact_match", "json_valid", "format_valid"}));
}

TEST(DocumentUnderstandingTest, TheBenchmarksColumnNamesAreReadToo) {
  const auto type = make(R"({"prompt": "{document}|{instruction}|{schema}", "schema": {}})");
  const Example asked =
      type->read(row_of(R"({"context": "c", "question": "q", "answer": {"a": 1}, "group": "g"})"));
  EXPECT_EQ(asked.messages[0].content, "c|q|{}");
  EXPECT_EQ(asked.target, R"({"a":1})");
  EXPECT_EQ(asked.group, "g");
  EXPECT_EQ(type->read(row_of(R"({"context": "c", "answer": "[]"})")).messages[0].content, "c||{}");
}

TEST(DocumentUnderstandingTest, LongDocumentsAreCutAtCharacters) {
  const std::string twenty = "äbcdefghijklmnopqrsü";
  EXPECT_EQ(cut(twenty, "cut_end", 20), twenty);
  EXPECT_EQ(cut(twenty, "cut_end", 16), "äbcdefghijklmnop");
  EXPECT_EQ(cut(twenty, "cut_middle", 20), twenty);
  EXPECT_EQ(cut(twenty, "cut_middle", 16), "äbcdef\n[…]\npqrsü");
  EXPECT_EQ(make.bad(R"({"document": "äbcdefghijklmnopq", "output": "x"})",
                     R"({"max_document_characters": 16})"),
            "train.jsonl:7: \"document\" has 17 characters: expected at most 16 "
            "(max_document_characters), or too_long = \"cut_end\" or \"cut_middle\"");
}

TEST(DocumentUnderstandingTest, OptionsAreStrict) {
  EXPECT_EQ(make.refusal(R"({"to_long": "refuse"})"),
            "pack.toml: \"to_long\" is not an option of document_understanding: expected schema, "
            "output, prompt, max_new_tokens, constrained, too_long or max_document_characters");
  EXPECT_EQ(make.refusal(R"({"too_long": "cut"})"),
            "pack.toml: \"too_long\" is \"cut\": expected refuse, cut_end or cut_middle");
  for (const std::string policy : {"cut_end", "cut_middle"}) {
    EXPECT_EQ(make.refusal(R"({"too_long": ")" + policy + "\"}"),
              "pack.toml: \"too_long\" is \"" + policy +
                  "\", but nothing says what is too long: expected max_document_characters beside "
                  "it");
  }
  EXPECT_NE(make(R"({"too_long": "refuse"})"), nullptr);
  EXPECT_EQ(make.refusal(R"({"max_document_characters": 3})"),
            "pack.toml: \"max_document_characters\" is below 16");
  EXPECT_EQ(make.refusal(R"({"prompt": "{instruction}"})"),
            "pack.toml: \"prompt\" does not hold {document}");
  EXPECT_EQ(make.refusal(R"({"prompt": "{document} {input}"})"),
            "pack.toml: \"prompt\" holds {input}: expected {description}, {document} or "
            "{instruction}");
  EXPECT_EQ(make.refusal(R"({"constrained": true})"), "pack.toml: \"constrained\" needs a schema");
  EXPECT_EQ(make.refusal(R"({"schema": {"x": 1}})"),
            "pack.toml: \"schema\" holds \"x\", which is not supported");
}

TEST(DocumentUnderstandingTest, BadRowsAreNamed) {
  EXPECT_EQ(make.bad("{}"), "train.jsonl:7: \"document\" is missing");
  EXPECT_EQ(make.bad(R"({"document": "", "output": "x"})"), "train.jsonl:7: \"document\" is empty");
  EXPECT_EQ(make.bad(R"({"document": "d"})"), "train.jsonl:7: \"output\" is missing");
  EXPECT_EQ(make.bad(R"({"context": "d"})"), "train.jsonl:7: \"answer\" is missing");
  EXPECT_EQ(make.bad(R"({"context": 1, "answer": "x"})"),
            "train.jsonl:7: \"context\" is 1: expected a string");
  EXPECT_EQ(make.bad(R"({"document": "d", "instruction": [], "output": "x"})"),
            "train.jsonl:7: \"instruction\" is []: expected a string");
  EXPECT_EQ(make.bad(R"({"document": "d", "instruction": "i", "output": "x"})",
                     R"({"prompt": "{document}"})"),
            "train.jsonl:7: \"instruction\" is not asked: the pack's prompt does not hold "
            "{instruction}");
}

TEST(DocumentUnderstandingTest, AnswersAreParsedAndDecoded) {
  const auto type = make(R"({"schema": {"type": "array"}, "constrained": true})");
  EXPECT_EQ(type->parse({}, "```json\n[1, 2]\n```").text, "[1,2]");
  EXPECT_FALSE(type->parse({}, "{}").parsed);
  EXPECT_EQ(type->decoding().constraint, Constraint::json_schema);
  expect_fast_parse(*type, {});
}

}  // namespace
}  // namespace tuneval
