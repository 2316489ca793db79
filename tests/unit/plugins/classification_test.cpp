#include "plugin_test.h"

namespace tuneval {
namespace {

constexpr auto kOptions =
    R"({"classes": [{"name": "good", "description": "it works"}, {"name": "not good"}]})";

std::shared_ptr<const TaskType> make(const std::string& options = kOptions) {
  return plugins().make_task_type("classification", task_options(options));
}

std::string refusal(const std::string& options) {
  return data_error([&] { make(options); });
}

TEST(ClassificationTest, ThePromptHoldsDescriptionClassesAndInput) {
  const Example example = make()->read(row_of(R"({"input": "It {classes}.\n", "label": "good"})"));
  ASSERT_EQ(example.messages.size(), 1u);
  EXPECT_EQ(example.messages[0].role, "user");
  EXPECT_EQ(example.messages[0].content,
            "Sort it.\n\nClasses:\n- good: it works\n- not good\n\n"
            "Answer with the name of one class and nothing else.\n\nIt {classes}.\n");
  EXPECT_EQ(example.target, "good");
  EXPECT_EQ(example.references, std::vector<std::string>{"good"});
  EXPECT_EQ(example.where, "train.jsonl:7");
}

TEST(ClassificationTest, ThePromptMayBeOverridden) {
  const auto prompt_of = [](const std::string& prompt) {
    const auto type = make(R"({"classes": ["a", "b"], "prompt": ")" + prompt + "\"}");
    return type->read(row_of(R"({"input": "x", "label": "a"})")).messages[0].content;
  };
  EXPECT_EQ(prompt_of("{input} {input}? {description} {\\\"json\\\": {}} { input } {"),
            "x x? Sort it. {\"json\": {}} { input } {");
  EXPECT_EQ(prompt_of("{input}"), "x");
  EXPECT_EQ(refusal(R"({"classes": ["a", "b"], "prompt": "{input} {label}"})"),
            "pack.toml: \"prompt\" holds {label}: expected {description}, {classes} or {input}");
  EXPECT_EQ(refusal(R"({"classes": ["a", "b"], "prompt": "{classes}"})"),
            "pack.toml: \"prompt\" does not hold {input}");
}

TEST(ClassificationTest, OptionsAreStrict) {
  EXPECT_EQ(refusal("{}"), "pack.toml: \"classes\" is missing");
  EXPECT_EQ(refusal(R"({"clases": ["a", "b"]})"),
            "pack.toml: \"clases\" is not an option of classification: expected classes, prompt, "
            "max_new_tokens, constrained or ranked");
  EXPECT_EQ(
      refusal(R"({"classes": [{"name": "a", "note": "x"}, {"name": "b"}]})"),
      "pack.toml: classes[0]: \"note\" is not a key of a class: expected name or description");
  EXPECT_EQ(refusal(R"({"classes": ["a"]})"),
            "pack.toml: \"classes\" holds 1 classes: expected two or more");
  EXPECT_EQ(refusal(R"({"classes": ["a", "a"]})"), "pack.toml: \"classes\" holds \"a\" twice");
  EXPECT_EQ(refusal(R"({"classes": ["a", ""]})"),
            "pack.toml: \"classes\" holds a class with an empty name");
  EXPECT_EQ(refusal(R"({"classes": ["a", "b\nc"]})"),
            "pack.toml: \"classes\" holds \"b\nc\": expected a name of one line without space "
            "around it");
  EXPECT_EQ(refusal(R"({"classes": ["a", 3]})"),
            "pack.toml: \"classes\" is [\"a\",3]: expected an array of strings");
  EXPECT_EQ(refusal(R"({"classes": ["a", "b"], "max_new_tokens": 0})"),
            "pack.toml: \"max_new_tokens\" is below 1");
}

TEST(ClassificationTest, TheBenchmarksColumnNamesAreReadToo) {
  const Example example =
      make()->read(row_of(R"({"question": "x", "answer": "not good", "id": 1})"));
  EXPECT_EQ(example.target, "not good");
  EXPECT_TRUE(example.messages[0].content.ends_with("\n\nx"));
}

TEST(ClassificationTest, BadRowsAreNamed) {
  const auto bad = [](const std::string& row) {
    return data_error([&] { make()->read(row_of(row)); });
  };
  EXPECT_EQ(bad("{}"), "train.jsonl:7: \"input\" is missing");
  EXPECT_EQ(bad(R"({"input": "x"})"), "train.jsonl:7: \"label\" is missing");
  EXPECT_EQ(bad(R"({"question": "x"})"), "train.jsonl:7: \"answer\" is missing");
  EXPECT_EQ(bad(R"({"input": "x", "answer": "good"})"), "train.jsonl:7: \"label\" is missing");
  EXPECT_EQ(bad(R"({"input": " \n", "label": "good"})"), "train.jsonl:7: \"input\" is empty");
  EXPECT_EQ(bad(R"({"input": "x", "label": ""})"), "train.jsonl:7: \"label\" is empty");
  EXPECT_EQ(bad(R"({"input": "x", "label": 1})"),
            "train.jsonl:7: \"label\" is 1: expected a string");
  EXPECT_EQ(bad(R"({"input": "x", "label": "Good"})"),
            "train.jsonl:7: \"label\" is \"Good\": expected one of good, not good");
}

TEST(ClassificationTest, AMessageNamesEightClassesAtMost) {
  const auto type = make(R"({"classes": ["1","2","3","4","5","6","7","8","9","10"]})");
  EXPECT_EQ(data_error([&] { type->read(row_of(R"({"input": "x", "label": "0"})")); }),
            "train.jsonl:7: \"label\" is \"0\": expected one of 1, 2, 3, 4, 5, 6, 7, 8 and 2 more");
}

TEST(ClassificationTest, OnlyTheNameOfAClassIsAnAnswer) {
  const auto type = make();
  for (const char* right : {"good", " good\n", "\n\ngood", "good\r\n"}) {
    const Prediction prediction = type->parse({}, right);
    EXPECT_TRUE(prediction.parsed);
    EXPECT_EQ(prediction.text, "good");
  }
  for (const char* wrong : {"", " \n", "Good", "good.", "not", "good\nnot good", "\xFF", "goo"}) {
    const Prediction prediction = type->parse({}, wrong);
    EXPECT_FALSE(prediction.parsed);
    EXPECT_EQ(prediction.text, "");
  }
}

TEST(ClassificationTest, EveryClassNameFitsTheTokenLimit) {
  EXPECT_EQ(make()->decoding().max_new_tokens, 32);
  EXPECT_TRUE(make()->decoding().stop.empty());
  const std::string name(50, 'x');
  EXPECT_EQ(make(R"({"classes": ["a", ")" + name + "\"]}")->decoding().max_new_tokens, 52);
  EXPECT_EQ(make(R"({"classes": ["a", "b"], "max_new_tokens": 5})")->decoding().max_new_tokens, 5);
}

TEST(ClassificationTest, AnswersAndMetricsAreTold) {
  EXPECT_EQ(make()->answers(), (std::vector<std::string>{"good", "not good"}));
  EXPECT_EQ(make()->metrics(), (std::vector<std::string>{"accuracy", "macro_f1", "format_valid"}));
}

TEST(ClassificationTest, ConstrainedDecodingIsAnOption) {
  EXPECT_EQ(make()->decoding().constraint, Constraint::none);
  EXPECT_EQ(make(R"({"classes": ["a", "b"], "constrained": true})")->decoding().constraint,
            Constraint::answers);
  EXPECT_EQ(refusal(R"({"classes": ["a", "b"], "constrained": "yes"})"),
            "pack.toml: \"constrained\" is \"yes\": expected true or false");
}

TEST(ClassificationTest, RankedAnswersAreAnOption) {
  EXPECT_EQ(make(R"({"classes": ["a", "b"], "ranked": true})")->decoding().constraint,
            Constraint::ranked_answers);
  EXPECT_EQ(make(R"({"classes": ["a", "b"], "ranked": true, "constrained": false})")
                ->decoding()
                .constraint,
            Constraint::ranked_answers);
  EXPECT_EQ(refusal(R"({"classes": ["a", "b"], "ranked": true, "constrained": true})"),
            "pack.toml: \"ranked\" is true and so is \"constrained\": expected one of them at "
            "most");
}

}  // namespace
}  // namespace tuneval
