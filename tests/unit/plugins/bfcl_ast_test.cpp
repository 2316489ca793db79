#include "tool_metrics.h"

#include "bfcl_mutations.h"

#include <cstdlib>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

const Metric& metric() { return tool_metric("bfcl_ast"); }

Example example_of(const Json& tools, const Json& notes) {
  Example example;
  example.tools = tools.dump();
  example.notes = notes.dump();
  return example;
}

Json notes_of(const Json& answers, const std::string& category = "simple") {
  return {{"category", category}, {"possible_answer", answers}};
}

Json tool_of(const Json& function) { return {{"type", "function"}, {"function", function}}; }

Json function_of(const std::string& name, const Json& properties) {
  return {{"name", name}, {"parameters", {{"type", "dict"}, {"properties", properties}}}};
}

/// Whether calls, as JSON, are right.
bool right(const Example& example, const Json& calls) {
  const SampleScore score = metric().score(example, {true, calls.dump()});
  EXPECT_TRUE(score.scored) << score.reason;
  return score.value == 1.0;
}

/// Renames the leaderboard's types to those of JSON Schema, as models are shown them.
void use_json_schema_types(Json& value) {
  const std::map<std::string, std::string> names = {
      {"dict", "object"}, {"float", "number"}, {"tuple", "array"}};
  if (!value.is_structured()) return;
  if (value.is_object() && value.value("type", Json()) == "any") value.erase("type");
  for (auto& [key, one] : value.items()) {
    if (key == "type" && one.is_string() && names.contains(one)) {
      one = names.at(one);
    } else {
      use_json_schema_types(one);
    }
  }
}

TEST(BfclAstTest, EveryValueOfEveryArgumentAgreesWithTheLeaderboard) {
  const Json oracle = oracle_file("bfcl_ast.json");
  int64_t cases = 0;
  for (const Json& one : oracle.at("values")) {
    const std::string verdicts = one.at("right");
    const Example example =
        example_of(Json::array({tool_of(function_of("f", {{"x", one.at("schema")}}))}),
                   notes_of(Json::array({{{"f", {{"x", one.at("possible")}}}}})));
    ASSERT_EQ(verdicts.size(), oracle.at("pool").size());
    for (size_t i = 0; i < verdicts.size(); ++i) {
      const Json value = oracle.at("pool")[i];
      const Json call = {{"name", "f"}, {"arguments", {{"x", value}}}};
      // x: the leaderboard's program fails on the value, which is wrong then.
      EXPECT_EQ(right(example, Json::array({call})), verdicts[i] == '1') << value << " in " << one;
      ++cases;
    }
  }
  EXPECT_GE(cases, 2000);
}

TEST(BfclAstTest, CallsAgreeWithTheLeaderboard) {
  const Json oracle = oracle_file("bfcl_ast.json");
  ASSERT_GE(oracle.at("calls").size(), 80u);
  for (const Json& one : oracle.at("calls")) {
    const Example example = example_of(one.at("tools"), one.at("notes"));
    EXPECT_EQ(right(example, one.at("prediction")), one.at("right").get<bool>()) << one;
  }
}

/// The leaderboard's rows of one file with the verdicts on their mutations.
void check_file(const fs::path& folder, const Json& file) {
  const std::string name = file.at("file").get<std::string>() + ".json";
  std::ifstream rows(folder / name), answers(folder / "possible_answer" / name);
  std::string line, answer;
  size_t found = 0;
  while (std::getline(rows, line) && std::getline(answers, answer)) {
    const Json row = Json::parse(line), truth = Json::parse(answer);
    ASSERT_EQ(row.at("id"), truth.at("id"));
    const std::string verdicts = file.at("rows").at(row.at("id").get<std::string>());
    Json tools = Json::array();
    for (const Json& function : row.at("function")) tools.push_back(tool_of(function));
    const Json notes = notes_of(truth.at("ground_truth"), file.at("category"));
    const Example example = example_of(tools, notes);
    use_json_schema_types(tools);
    const Example shown = example_of(tools, notes);
    const auto mutations = bfcl_mutations(truth.at("ground_truth"));
    ASSERT_EQ(mutations.size(), verdicts.size());
    for (size_t i = 0; i < mutations.size(); ++i) {
      ASSERT_EQ(mutations[i].has_value(), verdicts[i] != '-') << row.at("id") << " " << i;
      if (!mutations[i]) continue;
      EXPECT_EQ(right(example, *mutations[i]), verdicts[i] == '1') << row.at("id") << *mutations[i];
      EXPECT_EQ(right(shown, *mutations[i]), verdicts[i] == '1') << row.at("id") << *mutations[i];
    }
    ++found;
  }
  EXPECT_EQ(found, file.at("rows").size());
}

TEST(BfclAstTest, MutatedAnswersOfTheLeaderboardsDataAgree) {
  const char* shared = std::getenv("TUNEVAL_SHARED_DATA");
  const fs::path folder = fs::path(shared ? shared : TUNEVAL_SHARED_DATA_DIR) / "bfcl";
  if (!fs::exists(folder)) {
    if (std::getenv("CI")) FAIL() << folder << " is missing";
    GTEST_SKIP() << folder << " is missing";
  }
  const Json oracle = oracle_file("bfcl_verdicts.json");
  ASSERT_EQ(oracle.at("files").size(), 2u);
  for (const Json& file : oracle.at("files")) check_file(folder, file);
}

TEST(BfclAstTest, WhereCallsAreIrrelevantNoCallIsRight) {
  const Example example = example_of(Json::array({tool_of(function_of("f", Json::object()))}),
                                     {{"category", "irrelevance"}});
  EXPECT_TRUE(right(example, Json::array()));
  EXPECT_FALSE(right(example, Json::parse(R"([{"name":"f","arguments":{}}])")));
  EXPECT_EQ(metric().score(example, {false, ""}).value, 1.0);
  EXPECT_EQ(metric().score(example, {true, "no call"}).value, 1.0);
}

TEST(BfclAstTest, WhatIsNotParsedIsWrong) {
  const Example example = example_of(Json::array({tool_of(function_of("f", Json::object()))}),
                                     notes_of(Json::array({{{"f", Json::object()}}})));
  const std::string call = R"([{"name":"f","arguments":{}}])";
  EXPECT_EQ(metric().score(example, {true, call}).value, 1.0);
  EXPECT_EQ(metric().score(example, {false, call}).value, 0.0);
  EXPECT_EQ(metric().score(example, {true, "f()"}).value, 0.0);
}

TEST(BfclAstTest, ADottedNameMayBeWrittenWithoutItsDots) {
  const Json notes = notes_of(Json::array({{{"math.sum", Json::object()}}}));
  const Json dotted = Json::parse(R"([{"name":"math.sum","arguments":{}}])");
  const Json plain = Json::parse(R"([{"name":"math_sum","arguments":{}}])");
  const auto with = [&](const char* name) {
    return example_of(Json::array({tool_of(function_of(name, Json::object()))}), notes);
  };
  EXPECT_TRUE(right(with("math.sum"), dotted));
  EXPECT_FALSE(right(with("math.sum"), plain));
  EXPECT_TRUE(right(with("math_sum"), plain));
  EXPECT_FALSE(right(with("math_sum"), dotted));
}

TEST(BfclAstTest, ATypeTheLeaderboardHasNotIsComparedAsItIs) {
  for (const Json& type : {Json("date"), Json(), Json::array({"string", "null"})}) {
    const Example example =
        example_of(Json::array({tool_of(function_of("f", {{"x", {{"type", type}}}}))}),
                   notes_of(Json::array({{{"f", {{"x", Json::array({"a", 1, nullptr})}}}}})));
    const auto with = [](const Json& value) {
      return Json::array({{{"name", "f"}, {"arguments", {{"x", value}}}}});
    };
    for (const Json& value : {Json("a"), Json(1.0), Json()})
      EXPECT_TRUE(right(example, with(value)));
    for (const Json& value : {Json("A"), Json(2), Json::array()}) {
      EXPECT_FALSE(right(example, with(value)));
    }
  }
}

TEST(BfclAstTest, WithoutPossibleAnswersThereIsNoScore) {
  const std::string tools = Json::array({tool_of(function_of("f", Json::object()))}).dump();
  const std::pair<std::string, std::string> notes[] = {
      {"", "the example has no notes"},
      {"no JSON", "the example has no notes"},
      {"{}", "the example's notes have no possible answer"},
      {R"({"possible_answer":[]})", "the example's notes have no possible answer"},
      {R"({"possible_answer":[1]})",
       "a possible answer is not of the form {function: {argument: [values]}}"},
      {R"({"possible_answer":[{"f":{"x":1}}]})",
       "the possible values of an argument are not a list"},
      {R"({"possible_answer":{"g":{}}})", "no tool has the name of the possible answer"}};
  for (const auto& [text, reason] : notes) {
    Example example;
    example.tools = tools;
    example.notes = text;
    const SampleScore score = metric().score(example, {true, "[]"});
    EXPECT_FALSE(score.scored) << text;
    EXPECT_EQ(score.reason, reason);
  }
}

TEST(BfclAstTest, HostileTextIsScoredQuickly) {
  const std::pair<Json, Json> arguments[] = {
      {{{"type", "array"}, {"items", {{"type", "integer"}}}}, Json::parse("[[1,2],[3],[4],\"\"]")},
      {{{"type", "array"}, {"items", {{"type", "string"}}}},
       Json::parse("[[\"a\"],[\"b\",\"c\"]]")},
      {{{"type", "array"}, {"items", {{"type", "dict"}}}}, Json::parse("[[{}],[{\"x\":[1]}]]")},
      {{{"type", "string"}}, Json::parse("[\"a\",\"b\",\"\"]")},
      {{{"type", "dict"}}, Json::parse("[{\"x\":[1]},{}]")}};
  for (const auto& [schema, possible] : arguments) {
    expect_survival(metric(), example_of(Json::array({tool_of(function_of("f", {{"x", schema}}))}),
                                         notes_of(Json::array({{{"f", {{"x", possible}}}}}))));
  }
}

}  // namespace
}  // namespace tuneval
