#include "task_test.h"

namespace tuneval {
namespace {

const TaskMaker make_open("open_book_qa"), make_closed("closed_book_qa");

TEST(OpenBookQaTest, ThePromptHoldsContextAndQuestion) {
  const Example example =
      make_open()->read(row_of(R"({"question": "Who?", "context": "Ada.", "answer": " Ada "})"));
  EXPECT_EQ(example.messages[0].content,
            "Do it.\n\nAnswer the question with the answer alone.\n\nContext:\nAda.\n\n"
            "Question: Who?");
  EXPECT_EQ(example.context, "Ada.");
  EXPECT_EQ(example.target, " Ada ");
  EXPECT_EQ(example.references, std::vector<std::string>{"Ada"});
  const auto told = make_open(R"({"no_answer": "none"})");
  EXPECT_EQ(told->read(row_of(R"({"question": "Who?", "context": "Ada.", "answer": ""})"))
                .messages[0]
                .content,
            "Do it.\n\nAnswer the question with the answer alone. If the context does not hold the "
            "answer, write: none\n\nContext:\nAda.\n\nQuestion: Who?");
}

TEST(ClosedBookQaTest, TheContextIsKeptFromThePrompt) {
  const Example example = make_closed(R"({"no_answer": "none"})")
                              ->read(row_of(R"({"question": "Who?", "context": "Ada.",
                                                "answers": ["Ada"], "group": "p1"})"));
  EXPECT_EQ(example.messages[0].content,
            "Do it.\n\nAnswer the question with the answer alone. If it has no answer, write: none"
            "\n\nQuestion: Who?");
  EXPECT_EQ(example.context, "Ada.");
  EXPECT_EQ(example.group, "p1");
  EXPECT_EQ(make_closed()->read(row_of(R"({"question": "Who?", "answer": "x"})")).context, "");
}

TEST(OpenBookQaTest, SeveralAnswersAreRight) {
  const Example example = make_open()->read(
      row_of(R"({"question": "q", "context": "c", "answers": ["ten ", "10", "ten"]})"));
  EXPECT_EQ(example.target, "ten ");
  EXPECT_EQ(example.references, (std::vector<std::string>{"ten", "10"}));
}

TEST(OpenBookQaTest, AQuestionMayHaveNoAnswer) {
  for (const auto& make : {make_open, make_closed}) {
    for (const char* none : {R"("answer": "")", R"("answer": " ")", R"("answers": [])"}) {
      const auto type = make("{}");
      const Example example =
          type->read(row_of(R"({"question": "q", "context": "c", )" + std::string(none) + "}"));
      EXPECT_EQ(example.target, "unanswerable");
      EXPECT_EQ(example.references, std::vector<std::string>{""});
      for (const char* text : {"unanswerable", " UNanswerable\n"}) {
        const Prediction prediction = type->parse(example, text);
        EXPECT_TRUE(prediction.parsed);
        EXPECT_EQ(prediction.text, "");
      }
      EXPECT_EQ(type->parse(example, "unanswerable.").text, "unanswerable.");
      EXPECT_EQ(
          type->review({example, example}),
          std::vector<std::string>{
              "2 rows have no answer, but no prompt tells to write \"unanswerable\" then: set "
              "the option no_answer, or name {no_answer} in the prompt"});
      EXPECT_TRUE(make(R"({"no_answer": "unanswerable"})")->review({example}).empty());
    }
  }
}

TEST(OpenBookQaTest, OptionsAreStrict) {
  EXPECT_EQ(make_open.refusal(R"({"no_anwser": "x"})"),
            "pack.toml: \"no_anwser\" is not an option of open_book_qa: expected no_answer, prompt "
            "or max_new_tokens");
  EXPECT_EQ(make_open.refusal(R"({"no_answer": " x"})"),
            "pack.toml: \"no_answer\" is \" x\": expected a text without space around it");
  EXPECT_EQ(make_open.refusal(R"({"no_answer": ""})"),
            "pack.toml: \"no_answer\" is \"\": expected a text without space around it");
  EXPECT_EQ(make_open.refusal(R"({"max_new_tokens": 0})"),
            "pack.toml: \"max_new_tokens\" is below 1");
  EXPECT_EQ(make_open.refusal(R"({"prompt": "{question}"})"),
            "pack.toml: \"prompt\" does not hold {context}");
  EXPECT_EQ(make_open.refusal(R"({"prompt": "{context}{input}"})"),
            "pack.toml: \"prompt\" holds {input}: expected {description}, {no_answer}, {question} "
            "or {context}");
  EXPECT_EQ(make_closed.refusal(R"({"prompt": "{context}{question}"})"),
            "pack.toml: \"prompt\" holds {context}: expected {description}, {no_answer} or "
            "{question}");
  EXPECT_EQ(make_closed.refusal(R"({"classes": []})"),
            "pack.toml: \"classes\" is not an option of closed_book_qa: expected no_answer, prompt "
            "or max_new_tokens");
}

TEST(OpenBookQaTest, ThePromptMayBeOverridden) {
  const auto type = make_open(R"({"prompt": "{question} {context} {question} {no_answer}",
                                  "no_answer": "no"})");
  const Example example = type->read(row_of(R"({"question": "q", "context": "c", "answer": "a"})"));
  EXPECT_EQ(example.messages[0].content, "q c q no");
}

TEST(OpenBookQaTest, BadRowsAreNamed) {
  EXPECT_EQ(make_open.bad("{}"), "train.jsonl:7: \"question\" is missing");
  EXPECT_EQ(make_open.bad(R"({"question": " "})"), "train.jsonl:7: \"question\" is empty");
  EXPECT_EQ(make_open.bad(R"({"question": "q"})"), "train.jsonl:7: \"context\" is missing");
  EXPECT_EQ(make_open.bad(R"({"question": "q", "context": ""})"),
            "train.jsonl:7: \"context\" is empty");
  EXPECT_EQ(make_open.bad(R"({"question": "q", "context": "c"})"),
            "train.jsonl:7: \"answer\" is missing");
  EXPECT_EQ(make_closed.bad(R"({"question": "q"})"), "train.jsonl:7: \"answer\" is missing");
  EXPECT_EQ(make_closed.bad(R"({"question": "q", "answer": null})"),
            "train.jsonl:7: \"answer\" is missing");
  EXPECT_EQ(make_closed.bad(R"({"question": "q", "answer": ["a"]})"),
            "train.jsonl:7: \"answer\" is [\"a\"]: expected a string");
  EXPECT_EQ(make_closed.bad(R"({"question": "q", "answers": "a"})"),
            "train.jsonl:7: \"answers\" is \"a\": expected an array of strings");
  EXPECT_EQ(make_closed.bad(R"({"question": "q", "answers": ["a", " "]})"),
            "train.jsonl:7: \"answers\" holds an empty text: expected answers, or an empty array "
            "for none");
  EXPECT_EQ(make_closed.bad(R"({"question": "q", "answers": ["a"], "answer": "a"})"),
            "train.jsonl:7: \"answers\" stands beside \"answer\": expected one of them");
  EXPECT_EQ(make_closed.bad(R"({"question": "q", "answer": "Unanswerable"})"),
            "train.jsonl:7: \"answer\" is \"Unanswerable\", the text for no answer: expected an "
            "empty text, or another option no_answer");
  EXPECT_EQ(make_closed.bad(R"({"question": "q", "answers": ["unanswerable"]})"),
            "train.jsonl:7: \"answers\" is \"unanswerable\", the text for no answer: expected an "
            "empty array, or another option no_answer");
  EXPECT_EQ(make_closed.bad(R"({"question": "q", "context": 1, "answer": "a"})"),
            "train.jsonl:7: \"context\" is 1: expected a string");
}

TEST(ClosedBookQaTest, AnyTextButNoneIsAnAnswer) {
  const auto type = make_closed();
  EXPECT_EQ(type->parse({}, "\n two\nlines ").text, "two\nlines");
  EXPECT_FALSE(type->parse({}, " \n").parsed);
  EXPECT_EQ(type->decoding().max_new_tokens, 128);
  EXPECT_EQ(make_closed(R"({"max_new_tokens": 5})")->decoding().max_new_tokens, 5);
  EXPECT_EQ(type->metrics(),
            (std::vector<std::string>{"squad", "exact_match", "rouge_l", "format_valid"}));
  expect_fast_parse(*type, {});
}

}  // namespace
}  // namespace tuneval
