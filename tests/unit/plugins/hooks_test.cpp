// What `tuneval synth` asks the task types.
#include "tool_rows.h"

#include <gmock/gmock.h>

namespace tuneval {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> doubts_of(const TaskType& type, const std::string& row) {
  return type.doubts(type.read(row_of(row)));
}

TEST(HooksTest, ClassesAreTheKindsAndInTheGuide) {
  const auto type = plugins().make_task_type(
      "classification",
      task_options(
          R"({"classes": [{"name": "lost", "description": "it is gone"}, {"name": "x"}]})"));
  EXPECT_EQ(type->kind_of(type->read(row_of(R"({"input": "Gone!", "label": "lost"})"))), "lost");
  EXPECT_THAT(type->row_guide(), HasSubstr("- lost: it is gone\n- x"));
}

TEST(HooksTest, ArgumentsThatDoNotFitTheirToolAreDoubted) {
  const auto type = make_tool_calling()(refusals());
  const auto row = [](const std::string& arguments) {
    return R"({"question": "Find tea.", "answer": {"name": "look", "arguments": )" + arguments +
           "}}";
  };
  EXPECT_THAT(doubts_of(*type, row(R"({"thing": "tea"})")), IsEmpty());
  EXPECT_THAT(doubts_of(*type, row(R"({"thing": 7})")),
              ElementsAre(HasSubstr("the call of look does not fit its tool: ")));
  const auto kind = [&](const std::string& row_text) {
    return type->kind_of(type->read(row_of(row_text)));
  };
  EXPECT_EQ(kind(row(R"({"thing": "tea"})")), "look");
  EXPECT_EQ(kind(R"({"question": "Sing!", "answer": []})"), "no call");
  EXPECT_THAT(type->row_guide(), HasSubstr("\"name\":\"stop\""));
  EXPECT_THAT(type->row_guide(), HasSubstr("\"no call\""));
}

TEST(HooksTest, WhatMustBeVerbatimIsDoubtedWhereItIsNotInTheInput) {
  const auto type = TaskMaker("information_extraction")(
      R"({"schema": {"type": "object", "properties": {"name": {"type": "string"}}},
          "verbatim": ["name"]})");
  EXPECT_THAT(doubts_of(*type, R"({"input": "Ada is ten.", "output": {"name": "Ada"}})"),
              IsEmpty());
  EXPECT_THAT(doubts_of(*type, R"({"input": "Ada is ten.", "output": {"name": "Eve"}})"),
              ElementsAre("name is \"Eve\", which is not in the input"));
  EXPECT_EQ(type->passage_key(), "input");
  EXPECT_THAT(type->row_guide(), HasSubstr("must be in the input letter for letter"));
}

TEST(HooksTest, AQuestionWithoutAnAnswerIsDoubtedWhereNoPromptTellsOfSuch) {
  const std::string row = R"({"question": "Who?", "context": "Nobody.", "answers": []})";
  EXPECT_THAT(doubts_of(*TaskMaker("open_book_qa")(R"({"no_answer": "none"})"), row), IsEmpty());
  const auto untold = TaskMaker("open_book_qa")();
  EXPECT_THAT(doubts_of(*untold, row),
              ElementsAre(HasSubstr("the question has no answer, but no prompt tells to write")));
  EXPECT_THAT(doubts_of(*untold, R"({"question": "Who?", "context": "Ada.", "answer": "Ada"})"),
              IsEmpty());
}

}  // namespace
}  // namespace tuneval
