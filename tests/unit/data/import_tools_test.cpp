#include "import_folder.h"

#include <gmock/gmock.h>

namespace tuneval {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class ImportTools : public ImportFolder {
 protected:
  /// Two questions of the leaderboard's category "simple", and their answers.
  void write_simple(const std::string& answer) const {
    const std::string question =
        R"("question": [[{"role": "user", "content": "Go far."}]], "function": [{"name": "car.go",
           "description": "Goes.", "parameters": {"type": "dict", "properties": {
             "far": {"type": "float"}, "to": {"type": "tuple", "items": {"type": "float"}},
             "how": {"type": "dict", "properties": {"type": {"type": "string"}}},
             "any": {"type": "any"}, "why": {"type": "string", "default": "fun"}},
             "required": ["far"]}}]})";
    std::string flat;
    for (const char c : question) flat += c == '\n' ? ' ' : c;
    std::string other = flat;
    other.replace(other.find("far."), 4, "now.");
    write("source/BFCL_v4_simple_python.json",
          R"({"id": "s0", )" + flat + "\n" + R"({"id": "s1", )" + other + "\n");
    write("source/possible_answer/BFCL_v4_simple_python.json",
          R"({"id": "s0", "ground_truth": [)" + answer + "]}\n" +
              R"({"id": "s1", "ground_truth": [{"car.go": {"far": [2]}}]})");
  }

  /// The row whose request is "Go far.".
  Json far_row(const std::string& pack = "pack") const {
    for (const char* split : {"train", "test"}) {
      for (const Json& row : rows(split, pack)) {
        if (row["messages"][0]["content"] == "Go far.") return row;
      }
    }
    return {};
  }
};

constexpr auto kAnswer =
    R"({"car.go": {"far": ["", 1.5, 2], "to": [[1, 2]], "how": [{"type": ["fast", "slow"],
    "by": ["", "car"]}], "any": ["x"], "why": ["", "fun"]}})";

std::string flat(std::string text) {
  for (char& c : text) c = c == '\n' ? ' ' : c;
  return text;
}

TEST_F(ImportTools, LeaderboardRowsHaveOneRightCallAndAllAcceptedOnes) {
  write_simple(flat(kAnswer));
  EXPECT_EQ(import("bfcl").test_rows, 1);
  const Json row = far_row();
  EXPECT_EQ(
      row["messages"][1].dump(),
      R"({"role":"assistant","content":"","tool_calls":[{"type":"function","function":)"
      R"({"name":"car.go","arguments":{"far":1.5,"to":[1,2],"how":{"type":"fast"},"any":"x"}}}]})");
  EXPECT_EQ(
      row["tools"][0].dump(),
      R"({"type":"function","function":{"name":"car.go","description":"Goes.","parameters":)"
      R"({"type":"object","properties":{"far":{"type":"number"},"to":{"type":"array","items":)"
      R"({"type":"number"}},"how":{"type":"object","properties":{"type":{"type":"string"}}},)"
      R"("any":{},"why":{"type":"string","default":"fun"}},"required":["far"]}}})");
  EXPECT_EQ(row["notes"]["category"], "simple");
  EXPECT_EQ(row["notes"]["possible_answer"], Json::array({Json::parse(flat(kAnswer))}));
  EXPECT_FALSE(options().contains("refusals"));
  EXPECT_THAT(read_pack(folder / "pack").metrics,
              ElementsAre("bfcl_ast", "tool_call_equivalence", "format_valid"));
}

TEST_F(ImportTools, LeaderboardNamesCanLoseTheirDots) {
  write_simple(flat(kAnswer));
  import("bfcl", {.underscore_names = true});
  EXPECT_EQ(far_row()["tools"][0]["function"]["name"], "car_go");
  EXPECT_EQ(far_row()["messages"][1]["tool_calls"][0]["function"]["name"], "car_go");
}

TEST_F(ImportTools, LeaderboardCategoriesEachGiveTheirShare) {
  std::string questions;
  for (int i = 0; i < 10; ++i) {
    questions += R"({"id": "i)" + std::to_string(i) +
                 R"(", "question": [[{"role": "user", "content": "Sing )" + std::to_string(i) +
                 R"("}]], "function": [{"name": "f"}]})" + "\n";
  }
  write_simple(flat(kAnswer));
  write("source/BFCL_v4_irrelevance.json", questions);
  write("source/BFCL_v4_web_search.json", "{}");
  const ImportReport report = import("bfcl");
  EXPECT_EQ(report.test_rows, 1 + 2);
  EXPECT_THAT(report.notes,
              ElementsAre(at("@/source/BFCL_v4_web_search.json: its category is not read")));
  EXPECT_EQ(options()["refusals"], true);
  const Json row = rows("train")[0];
  EXPECT_EQ(row["notes"], (Json{{"category", "irrelevance"}}));
  EXPECT_FALSE(row["messages"][1].contains("tool_calls"));
  EXPECT_EQ(row["messages"][1]["content"], "None of the functions fits the request.");
  EXPECT_EQ(row["tools"][0]["function"]["parameters"].dump(),
            R"({"type":"object","properties":{}})");
}

TEST_F(ImportTools, LeaderboardFaultsAreRefused) {
  EXPECT_THAT(refusal("bfcl"), StartsWith("@/source: cannot be read: No such file"));
  std::filesystem::create_directories(folder / "source");
  EXPECT_THAT(refusal("bfcl"), StartsWith("@/source: holds no BFCL_v*_simple.json"));
  const std::string answers = "@/source/possible_answer/BFCL_v4_simple_python.json";
  write_simple(R"({"car.stop": {}})");
  EXPECT_EQ(refusal("bfcl"),
            answers + ":1: the answer calls \"car.stop\", which the question does not offer");
  write_simple(R"({"car.go": {"far": []}})");
  EXPECT_THAT(refusal("bfcl"), StartsWith(answers + ":1: the accepted values of \"far\" are []"));
  write_simple(R"("car.go")");
  EXPECT_THAT(refusal("bfcl"), HasSubstr("expected a function's name and its arguments"));
  write_simple("");
  EXPECT_EQ(refusal("bfcl"), answers + ":1: \"ground_truth\" is not a list of calls");
  write("source/possible_answer/BFCL_v4_simple_python.json",
        "{\"id\": \"s0\", \"ground_truth\": [{\"car.go\": {}}]}");
  EXPECT_EQ(
      refusal("bfcl"),
      "@/source/BFCL_v4_simple_python.json:2: \"id\" is \"s1\", which has no possible answer");
  std::filesystem::remove_all(folder / "source/possible_answer");
  EXPECT_EQ(refusal("bfcl"), answers + ": cannot be read: No such file or directory");
  write("source/BFCL_v4_simple_python.json", "");
  write("source/BFCL_v4_irrelevance.json",
        R"({"id": "i", "question": [[{"role": "user", "content": "x"}]], )"
        R"("function": [{"name": "f", "parameters": {"type": "complex"}}]})");
  EXPECT_THAT(refusal("bfcl"), HasSubstr("the type \"complex\" of a parameter is not known"));
  write("source/BFCL_v4_irrelevance.json", R"({"id": "i", "question": "x", "function": []})");
  EXPECT_THAT(refusal("bfcl"), HasSubstr("\"question\" is not a list of turns"));
}

}  // namespace
}  // namespace tuneval
