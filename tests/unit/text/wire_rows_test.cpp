// Rows of real tool-calling sets under the chat templates of real models.
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "framework/text/conversation.h"
#include "framework/text/wire_form.h"
#include "tests/unit/text/support.h"
#include "tests/unit/text/template_models.h"

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;
using test::expect_contains;
using test::Model;

std::vector<Json> read_lines(const std::string& file) {
  std::ifstream stream(test::shared_data() / "distil" / file);
  EXPECT_TRUE(stream.good()) << file;
  std::vector<Json> rows;
  for (std::string line; std::getline(stream, line);) rows.push_back(Json::parse(line));
  return rows;
}

/// A row of the real sets as an example; of the tools only the one to be called, for speed.
Example example_of(const Json& row, const Json& tools) {
  Example example;
  const auto question = row.at("question").get<std::string>();
  const Json messages = question.starts_with("[{")
                            ? Json::parse(question)
                            : Json::array({{{"role", "user"}, {"content", question}}});
  for (const Json& message : messages) {
    example.messages.push_back(
        {message.at("role"), message.at("content"),
         message.contains("tool_calls") ? message["tool_calls"].dump() : ""});
  }
  const Json answer = Json::parse(row.at("answer").get<std::string>());
  example.target = write_calls({{answer.at("name"), answer.at("parameters").dump()}});
  example.calls = true;
  for (const Json& one : tools) {
    if (one["function"]["name"] == answer.at("name")) example.tools = Json::array({one}).dump();
  }
  return example;
}

std::vector<Example> real_examples(const std::string& set, const std::string& file) {
  const std::string job =
      test::read_text(test::shared_data() / "distil" / set / "job_description.json");
  const Json tools = Json::parse(job).at("tools");
  std::vector<Example> examples;
  for (const Json& row : read_lines(set + "/" + file)) examples.push_back(example_of(row, tools));
  return examples;
}

/// All rows of the small sets, and those of the large one whose texts need escapes.
const std::vector<Example>& hard_examples() {
  static const std::vector<Example> all = [] {
    std::vector<Example> examples;
    const auto add = [&](const char* set, const char* file, bool only_hard) {
      for (Example& example : real_examples(set, file)) {
        if (only_hard && example.target.find_first_of("\\'") == std::string::npos) continue;
        examples.push_back(std::move(example));
      }
    };
    for (const char* set : {"voice-assistant-banking", "smart-home-massive", "gitara"}) {
      for (const char* file : {"train.jsonl", "test.jsonl"}) add(set, file, false);
    }
    add("gitara", "synthetic-train.jsonl", true);
    return examples;
  }();
  return all;
}

class RealRows : public testing::TestWithParam<Model> {
 protected:
  void SetUp() override { TUNEVAL_NEED_SHARED_DATA(); }
};

TEST_P(RealRows, AreLearnedAndReadBack) {
  const ChatText text = test::open(GetParam());
  EXPECT_EQ(hard_examples().size(), 439u);
  for (const Example& example : hard_examples()) {
    EXPECT_EQ(test::learned_answer(text, example), example.target);
    EXPECT_EQ(test::is_as_template_writes(text, example), text.skills.calls) << example.target;
  }
}

// The unlabelled rows are conversations whose calls have their arguments as text.
TEST_P(RealRows, OfConversationsAreShown) {
  const ChatText text = test::open(GetParam());
  size_t rows = 0;
  for (const Json& row : read_lines("smart-home-massive/unstructured.jsonl")) {
    if (++rows % 10 != 0) continue;
    Example example;
    for (const Json& message : Json::parse(row.at("context").get<std::string>())) {
      example.messages.push_back({message.at("role"), message.value("content", ""),
                                  message.value("tool_calls", Json()).dump()});
      if (example.messages.back().tool_calls == "null") example.messages.back().tool_calls = "";
    }
    const std::string prompt = prompt_text(text, example);
    const Json calls = Json::parse(example.messages.back().tool_calls);
    expect_contains(prompt, calls[0]["function"]["name"].get<std::string>());
    const Json arguments = Json::parse(calls[0]["function"]["arguments"].get<std::string>());
    for (const Json& value : arguments) expect_contains(prompt, value.get<std::string>());
  }
  EXPECT_EQ(rows, 954u);
}

INSTANTIATE_TEST_SUITE_P(All, RealRows, testing::ValuesIn(test::kModels),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(WireForm, CarriesAllRealRows) {
  TUNEVAL_NEED_SHARED_DATA();
  const std::vector<Example> examples = real_examples("gitara", "synthetic-train.jsonl");
  EXPECT_EQ(examples.size(), 10067u);
  for (const Example& example : examples) {
    for (const Model& model : test::kModels) {
      const std::string written = write_wire_calls(model.form, *read_calls(example.target));
      ASSERT_EQ(read_wire_calls(written, model.form, example.tools), example.target) << written;
    }
  }
}

}  // namespace
}  // namespace tuneval
