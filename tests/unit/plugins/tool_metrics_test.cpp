#include "tool_metrics.h"

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;

const char* const kNames[] = {"tool_call_equivalence", "binary_tool_call", "staged_tool_call"};

Example example_of(std::vector<std::string> references, std::string tools = "") {
  Example example;
  example.references = std::move(references);
  example.tools = std::move(tools);
  example.calls = true;
  return example;
}

double score(const char* metric, const std::string& reference, const std::string& text,
             const std::string& tools = "") {
  return tool_metric(metric).score(example_of({reference}, tools), {true, text}).value;
}

TEST(ToolMetricsTest, AllAgreeWithTheirOracle) {
  const Json oracle = oracle_file("tool_metrics.json");
  ASSERT_GE(oracle.at("cases").size(), 400u);
  for (const Json& one : oracle.at("cases")) {
    const Example example = example_of(one.at("references"), oracle.at("tools").dump());
    const Json& text = one.at("prediction");
    const Prediction prediction = text.is_null() ? Prediction{} : Prediction{true, text};
    for (const char* name : kNames) {
      const SampleScore found = tool_metric(name).score(example, prediction);
      EXPECT_EQ(found.scored, !one.at(name).is_null()) << name << one;
      if (!found.scored) continue;
      EXPECT_NEAR(found.value, one.at(name), 1e-12) << name << one;
    }
  }
}

TEST(ToolMetricsTest, AnArgumentEqualToItsDefaultIsEquivalentToNone) {
  const std::string tools = R"([{"type":"function","function":{"name":"f","parameters":
      {"properties":{"x":{"default":1},"y":{}}}}}])";
  const std::string with = R"([{"name":"f","arguments":{"x":1.0,"y":2}}])";
  const std::string without = R"([{"name":"f","arguments":{"y":2}}])";
  EXPECT_EQ(score("tool_call_equivalence", with, without, tools), 1.0);
  EXPECT_EQ(score("tool_call_equivalence", without, with, tools), 1.0);
  EXPECT_EQ(score("tool_call_equivalence", without, with), 0.0);
  EXPECT_EQ(score("binary_tool_call", without, with, tools), 0.0);
  EXPECT_EQ(score("staged_tool_call", without, with, tools), 0.5);
}

TEST(ToolMetricsTest, CallsAreComparedByPosition) {
  const std::string ab = R"([{"name":"a","arguments":{}},{"name":"b","arguments":{"x":1}}])";
  const std::string ba = R"([{"name":"b","arguments":{"x":1}},{"name":"a","arguments":{}}])";
  for (const char* name : kNames) EXPECT_EQ(score(name, ab, ab), 1.0);
  EXPECT_EQ(score("tool_call_equivalence", ab, ba), 0.0);
  EXPECT_EQ(score("binary_tool_call", ab, ba), 0.0);
  EXPECT_EQ(score("staged_tool_call", ab, ba), 0.25);
}

TEST(ToolMetricsTest, StagesCountOneBehindTheOther) {
  const std::string right =
      R"([{"name":"a","arguments":{"x":1}},{"name":"b","arguments":{"y":1}}])";
  const auto staged = [&](const std::string& text) {
    return score("staged_tool_call", right, text);
  };
  EXPECT_EQ(staged("[]"), 0.0);
  EXPECT_EQ(staged(R"([{"name":"a","arguments":{"x":1}}])"), 0.0);
  EXPECT_EQ(staged(R"([{"name":"c","arguments":{"x":1}},{"name":"c","arguments":{"y":1}}])"), 0.25);
  EXPECT_EQ(staged(R"([{"name":"a","arguments":{"z":1}},{"name":"c","arguments":{"y":1}}])"),
            0.375);
  EXPECT_EQ(staged(R"([{"name":"a","arguments":{"x":2}},{"name":"b","arguments":{"y":2}}])"), 0.75);
  EXPECT_EQ(staged(R"([{"name":"a","arguments":{"x":1}},{"name":"b","arguments":{"y":2}}])"),
            0.875);
}

TEST(ToolMetricsTest, WhatIsNotParsedIsWrongAlsoWhereNoCallIsRight) {
  for (const char* name : kNames) {
    EXPECT_EQ(tool_metric(name).score(example_of({"[]"}), {false, "[]"}).value, 0.0);
    EXPECT_EQ(tool_metric(name).score(example_of({"[]"}), {true, "[]"}).value, 1.0);
  }
}

TEST(ToolMetricsTest, WithoutAReferenceOfCallsThereIsNoScore) {
  for (const char* name : kNames) {
    for (const auto& references : std::vector<std::vector<std::string>>{{}, {"refund"}, {"{}"}}) {
      const SampleScore score = tool_metric(name).score(example_of(references), {true, "[]"});
      EXPECT_FALSE(score.scored);
      EXPECT_EQ(score.reason, "no reference is tool calls");
    }
  }
}

TEST(ToolMetricsTest, HostileTextIsScoredQuickly) {
  const std::string tools = R"([{"type":"function","function":{"name":"f","parameters":
      {"properties":{"x":{"default":1}}}}}])";
  const Example example = example_of({R"([{"name":"f","arguments":{"x":2}}])"}, tools);
  for (const char* name : kNames) expect_survival(tool_metric(name), example);
}

}  // namespace
}  // namespace tuneval
