// Every row of the public data sets is read by its task type, and its target is right by its own
// references.

#include "framework/data/rows.h"
#include "task_test.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <set>

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;

class TaskDataTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* const named = std::getenv("TUNEVAL_SHARED_DATA");
    folder_ = named ? named : TUNEVAL_SHARED_DATA_DIR;
    if (std::filesystem::exists(folder_ / "distil")) return;
    if (std::getenv("CI")) FAIL() << folder_ << " does not hold distil";
    GTEST_SKIP() << "no public data at " << folder_;
  }

  /// The examples of a file; each one's target is parsed to a reference.
  std::vector<Example> examples_of(const TaskType& type, const std::string& file) {
    std::vector<Example> examples;
    for (const Row& row : read_rows(folder_ / file)) {
      for (Example& example : type.read_all(row)) examples.push_back(std::move(example));
    }
    for (const Example& example : examples) expect_target_parses(type, example);
    return examples;
  }

  std::shared_ptr<const TaskType> tool_type(const std::string& name) {
    const Json job = Json::parse(read_file(folder_ / "distil" / name / "job_description.json"));
    return TaskMaker("tool_calling")(Json{{"tools", job["tools"]}}.dump());
  }

  std::filesystem::path folder_;
};

TEST_F(TaskDataTest, VoiceAssistantConversationsGiveAllTheirCalls) {
  const auto type = tool_type("voice-assistant-banking");
  const auto train = examples_of(*type, "distil/voice-assistant-banking/train.jsonl");
  const auto test = examples_of(*type, "distil/voice-assistant-banking/test.jsonl");
  EXPECT_EQ(train.size(), 193u);
  EXPECT_EQ(test.size(), 197u);
  EXPECT_THAT(type->review(train), testing::IsEmpty());
  EXPECT_THAT(type->review(test), testing::IsEmpty());
  std::set<std::string> groups;
  for (const Example& example : test) groups.insert(example.group);
  EXPECT_EQ(groups.size(), 50u);
}

TEST_F(TaskDataTest, SmartHomeCommandsAreRead) {
  const auto type = tool_type("smart-home-massive");
  const std::string folder = "distil/smart-home-massive/";
  EXPECT_EQ(examples_of(*type, folder + "train.jsonl").size(), 75u);
  EXPECT_EQ(examples_of(*type, folder + "test.jsonl").size(), 78u);
  // The traces: arguments are a text there, content is missing.
  size_t traces = 0;
  for (const Row& row : read_rows(folder_ / (folder + "unstructured.jsonl"))) {
    const std::string wrapped = "{\"messages\":" + row.text("context") + "}";
    const Example example = type->read(Row::parse(wrapped, row.where(), ConfigKind::data));
    expect_target_parses(*type, example);
    ++traces;
  }
  EXPECT_EQ(traces, 954u);
}

TEST_F(TaskDataTest, GitCommandsAreRead) {
  const auto type = tool_type("gitara");
  EXPECT_EQ(examples_of(*type, "distil/gitara/train.jsonl").size(), 43u);
  EXPECT_EQ(examples_of(*type, "distil/gitara/test.jsonl").size(), 116u);
  EXPECT_EQ(examples_of(*type, "distil/gitara/synthetic-test.jsonl").size(), 116u);
  const auto train = examples_of(*type, "distil/gitara/synthetic-train.jsonl");
  EXPECT_EQ(train.size(), 10067u);
  EXPECT_LE(type->review(train).size(), 21u);
}

TEST_F(TaskDataTest, DocstringsAreTexts) {
  const auto type = TaskMaker("information_extraction")();
  EXPECT_EQ(examples_of(*type, "distil/localdoc/train.jsonl").size(), 28u);
  EXPECT_EQ(examples_of(*type, "distil/localdoc/test.jsonl").size(), 253u);
  const auto understood = TaskMaker("document_understanding")();
  EXPECT_EQ(examples_of(*understood, "distil/localdoc/test.jsonl").size(), 253u);
}

TEST_F(TaskDataTest, RedactionsFitTheirSchema) {
  const auto type = TaskMaker("information_extraction")(R"({"verbatim": ["value"], "schema": {
      "type": "object", "required": ["redacted_text", "entities"], "additionalProperties": false,
      "properties": {"redacted_text": {"type": "string"}, "entities": {"type": "array", "items": {
        "type": "object", "required": ["value", "replacement_token", "reason"],
        "additionalProperties": false, "properties": {"value": {"type": "string"},
          "replacement_token": {"type": "string"}, "reason": {"type": "string"}}}}}}})");
  const auto examples = examples_of(*type, "pii/distil-pii-style.jsonl");
  EXPECT_EQ(examples.size(), 17u);
  EXPECT_THAT(type->review(examples), testing::IsEmpty());
}

TEST_F(TaskDataTest, QuestionsOverPassagesAreRead) {
  for (const char* name : {"open_book_qa", "closed_book_qa"}) {
    const auto type = TaskMaker(name)();
    EXPECT_EQ(examples_of(*type, "hotpotqa/train.csv").size(), 50u);
    EXPECT_EQ(examples_of(*type, "hotpotqa/test.csv").size(), 100u);
  }
}

TEST_F(TaskDataTest, SquadsQuestionsAreReadUnanswerableOnesToo) {
  const auto type = TaskMaker("open_book_qa")(R"({"no_answer": "unanswerable"})");
  size_t questions = 0, unanswerable = 0;
  const Json squad = Json::parse(read_file(folder_ / "squad2/dev-part-a.json"));
  for (const Json& article : squad["data"]) {
    for (const Json& paragraph : article["paragraphs"]) {
      for (const Json& question : paragraph["qas"]) {
        Json row = {{"question", question["question"]}, {"context", paragraph["context"]}};
        row["answers"] = Json::array();
        for (const Json& answer : question["answers"]) row["answers"].push_back(answer["text"]);
        const Example example = type->read(Row::parse(row.dump(), "squad2:1", ConfigKind::data));
        expect_target_parses(*type, example);
        ++questions;
        unanswerable += example.references.front().empty();
      }
    }
  }
  EXPECT_EQ(questions, 3182u);
  EXPECT_EQ(unanswerable, 1714u);
}

TEST_F(TaskDataTest, ProductsAreClassified) {
  const auto type = plugins().make_task_type(
      "classification",
      task_options(
          R"({"classes": ["household", "books", "clothing_and_accessories", "electronics"]})"));
  EXPECT_EQ(examples_of(*type, "ecommerce/train.csv").size(), 48u);
  EXPECT_EQ(examples_of(*type, "ecommerce/test.csv").size(), 96u);
}

}  // namespace
}  // namespace tuneval
