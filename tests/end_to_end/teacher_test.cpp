// A run with a teacher, a judge and baselines beside the models: everything is asked once.
#include "framework/record/predictions.h"
#include "framework/record/store.h"
#include "tests/end_to_end/program.h"
#include "tests/support/scripted_teacher.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <cstdlib>

namespace tuneval::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
namespace fs = std::filesystem;

bool is_verdict_asked(const nlohmann::json& request) {
  return test::last_content(request).ends_with("Is the answer to judge good or bad?");
}

/// Sorts every ticket alike, and judges well what agrees with that.
test::TeacherStep answer(const nlohmann::json& request, int64_t) {
  const std::string text = test::last_content(request);
  if (!is_verdict_asked(request)) return test::says("high");
  return test::says(text.find("--- answer to judge") < text.rfind("high") ? "good" : "bad");
}

class TeacherRunTest : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    const fs::path source = TUNEVAL_SOURCE_DIR;
    fs::copy(source / "packs/ticket_urgency", folder_ / "pack", fs::copy_options::recursive);
    replace_in_pack("\"macro_f1\"", "\"llm_judge\"");
    replace_in_pack("test = \"test.jsonl\"\n", "test = \"test.jsonl\"\nseed = \"seed.jsonl\"\n");
    const std::string train = read_file(folder_ / "pack/train.jsonl");
    size_t end = 0;
    for (int line = 0; line < 10; ++line) end = train.find('\n', end) + 1;
    write_file(folder_ / "pack/seed.jsonl", train.substr(0, end));
    write_manifest(server_.base_url());
  }
  void replace_in_pack(const std::string& from, const std::string& to) const {
    const fs::path file = folder_ / "pack/pack.toml";
    std::string text = read_file(file);
    const size_t at = text.find(from);
    ASSERT_NE(at, text.npos) << from;
    write_file(file, text.replace(at, from.size(), to));
  }
  void write_manifest(const std::string& base_url) {
    write_file(folder_ / "run.toml", fmt::format(R"(
[run]
output = "out"
baselines = ["majority", "nearest", "seed_only"]
[[models]]
path = "{}/models/tiny-qwen3"
[[tasks]]
name = "tickets"
pack = "pack"
train_limit = 16
test_limit = 10
[teacher]
base_url = "{}"
model = "big"
retries = 0
shots = 1
[judge]
repeats = 2
[tuning]
epochs = 1
batch_size = 8
rank = 4
)",
                                                 TUNEVAL_SOURCE_DIR, base_url));
  }
  Outcome run(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"run", (folder_ / "run.toml").string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return tuneval(arguments);
  }
  CellRecord record(CellKind kind) const {
    for (const CellRecord& one : RecordStore(folder_ / "out").read_all().records) {
      if (one.kind == kind) return one;
    }
    ADD_FAILURE() << "no record of kind " << to_string(kind);
    return {};
  }
  size_t asked() const { return server_.seen().size(); }

  test::ScriptedTeacher server_{answer};
};

TEST_F(TeacherRunTest, IsScoredAndComparedAndAskedOnce) {
  const Outcome outcome = run();
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const CellRecord teacher = record(CellKind::teacher);
  ASSERT_TRUE(teacher.base);
  EXPECT_FALSE(teacher.tuned || teacher.tune);
  EXPECT_EQ(teacher.model.path, "big");
  EXPECT_EQ(teacher.base->examples, 10);
  EXPECT_EQ(teacher.base->parsed, 10);
  EXPECT_EQ(teacher.base->shots, 4);  // one for each class
  EXPECT_EQ(teacher.base->metrics.at(1).judge, "big");
  EXPECT_EQ(teacher.base->metrics[1].scored, 10);
  EXPECT_DOUBLE_EQ(teacher.base->metrics[1].value, 1.0);
  EXPECT_THAT(teacher.base->metrics[1].details, Contains(::testing::Pair("repeats", 2.0)));
  EXPECT_THAT(teacher.base->metrics[1].details, Contains(::testing::Pair("disagreement", 0.0)));
  EXPECT_TRUE(record(CellKind::majority).base);
  EXPECT_TRUE(record(CellKind::nearest).base);
  EXPECT_EQ(record(CellKind::seed_only).task.train_rows, 10);
  EXPECT_TRUE(record(CellKind::model).tuned);

  const auto report = nlohmann::json::parse(read_file(folder_ / "out/summary.json"));
  const auto& task = report.at("tasks").at(0);
  EXPECT_EQ(task.at("baselines").size(), 4U);
  const auto& cell = task.at("cells").at(0);
  const auto& agreement = cell.at("teacher").at("agreement");
  EXPECT_EQ(agreement.at("both_right").get<int>() + agreement.at("both_wrong").get<int>() +
                int(agreement.at("student_only").size() + agreement.at("teacher_only").size()),
            10);
  EXPECT_TRUE(cell.contains("seed_only"));
  EXPECT_TRUE(cell.contains("changes"));
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("teacher (big)"), HasSubstr("majority"),
                                 HasSubstr("Students against the teacher")));
  EXPECT_TRUE(fs::exists(folder_ / "out/comparison.csv"));

  const size_t before = asked();
  EXPECT_GT(before, 10U);
  const Outcome again = run();
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(asked(), before);
  // Nor is it asked by cells that run anew: the answers are in the run folder.
  fs::remove_all(folder_ / "out/records");
  const Outcome anew = run();
  EXPECT_EQ(anew.exit_code, 0) << anew.err;
  EXPECT_EQ(asked(), before);
  EXPECT_EQ(server_.most_paid_for_one(), 2);  // of a verdict that was asked for twice
}

TEST_F(TeacherRunTest, TheTeacherIsAskedAtTemperatureZero) {
  const Outcome outcome = run({"--only", "model=teacher"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(asked(), 10U + 2U * 10U);
  for (const auto& request : server_.seen()) EXPECT_EQ(request.json.at("temperature"), 0.0);
  EXPECT_EQ(RecordStore(folder_ / "out").read_all().records.size(), 1U);
}

TEST_F(TeacherRunTest, PlansShowAllCells) {
  const Outcome outcome = tuneval({"plan", (folder_ / "run.toml").string()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("5 cells"), HasSubstr("teacher "),
                                 HasSubstr("tiny-qwen3 (seed_only)")));
  EXPECT_EQ(asked(), 0U);
}

TEST_F(TeacherRunTest, VerdictsThatAreMissingAreAskedForByRescoring) {
  // Nobody is there to judge: the answers are kept, their verdicts are not there.
  write_manifest(fmt::format("http://127.0.0.1:{}/v1", test::closed_port()));
  const Outcome outcome = run({"--only", "model=majority"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const CellRecord before = record(CellKind::majority);
  EXPECT_EQ(before.base->metrics.at(1).unscored, 10);
  const auto file = RecordStore(folder_ / "out").predictions_path(before.id, Stage::base);
  EXPECT_THAT(read_predictions(file).at(0).scores.at(1).second.reason,
              StartsWith("the judge gave no answer: "));

  write_manifest(server_.base_url());
  const Outcome rescored = tuneval({"rescore", (folder_ / "out").string(), "--metric", "llm_judge",
                                    "--judge", (folder_ / "run.toml").string()});
  EXPECT_EQ(rescored.exit_code, 0) << rescored.err;
  const CellRecord after = record(CellKind::majority);
  EXPECT_EQ(after.base->metrics.at(1).scored, 10);
  EXPECT_EQ(after.base->metrics.at(1).judge, "big");
  EXPECT_EQ(after.base->metrics.at(0), before.base->metrics.at(0));
}

TEST_F(TeacherRunTest, AKeyIsInNoFile) {
  ::setenv("TUNEVAL_E2E_KEY", "secret-5f1e", 1);
  const Outcome outcome =
      run({"--only", "model=teacher", "--set", "teacher.api_key_env=TUNEVAL_E2E_KEY"});
  ::unsetenv("TUNEVAL_E2E_KEY");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(server_.seen().at(0).authorization, "Bearer secret-5f1e");
  std::vector<std::string> texts = {outcome.out, outcome.err};
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "out")) {
    if (entry.is_regular_file()) texts.push_back(read_file(entry.path()));
  }
  EXPECT_GT(texts.size(), 20U);
  EXPECT_THAT(texts, Each(Not(HasSubstr("secret-5f1e"))));
}

TEST_F(TeacherRunTest, AKeyThatTheServerEchoesIsInNoOutputOfAnyCommand) {
  const std::string key = "planted-secret-77c1";
  ::setenv("TUNEVAL_E2E_KEY", key.c_str(), 1);
  const std::string error = "key " + key + " has no credit, Bearer " + key;
  server_.push({test::says("my key is " + key), test::fails(500, error), test::fails(400, error),
                test::says("\"" + key + "\""), test::garbage()});
  std::vector<Outcome> outcomes = {run({"--set", "teacher.api_key_env=TUNEVAL_E2E_KEY"})};
  EXPECT_EQ(server_.seen().at(0).authorization, "Bearer " + key);
  EXPECT_GT(asked(), 20U);
  const std::string out = (folder_ / "out").string();
  server_.push({test::fails(401, error)});
  outcomes.push_back(run({"--set", "teacher.api_key_env=TUNEVAL_E2E_KEY", "--set", "run.seed=3"}));
  for (const auto& command : std::vector<std::vector<std::string>>{
           {"report", out},
           {"status", out},
           {"plan", (folder_ / "run.toml").string()},
           {"rescore", out, "--metric", "llm_judge", "--judge", (folder_ / "run.toml").string()}}) {
    outcomes.push_back(tuneval(command));
  }
  ::unsetenv("TUNEVAL_E2E_KEY");
  std::vector<std::string> texts;
  for (const Outcome& outcome : outcomes) texts.insert(texts.end(), {outcome.out, outcome.err});
  for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
    texts.push_back(entry.path().string());
    if (entry.is_regular_file()) texts.push_back(read_file(entry.path()));
  }
  EXPECT_GT(texts.size(), 100U);
  EXPECT_THAT(texts, Contains(HasSubstr("[key]")));  // it was echoed, and seen
  EXPECT_THAT(texts, Each(Not(HasSubstr("planted-secret"))));
}

}  // namespace
}  // namespace tuneval::testing
