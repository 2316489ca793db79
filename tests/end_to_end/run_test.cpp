// What a runner sees: plan, run, run again, report; and what they are told when a manifest is
// wrong.
#include "framework/record/predictions.h"
#include "framework/record/store.h"
#include "tests/end_to_end/program.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace tuneval::testing {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

class RunTest : public ProgramTest {
 protected:
  /// Two tiny models on two packs, a handful of rows: some seconds.
  fs::path manifest(const std::string& more = "") {
    const fs::path file = folder_ / "run.toml";
    const std::string root = TUNEVAL_SOURCE_DIR;
    write_file(file, fmt::format(R"(
[run]
name = "small"
output = "out"

[[models]]
path = "{0}/models/tiny-qwen3"

[[models]]
path = "{0}/models/tiny-llama"

[[tasks]]
pack = "{0}/packs/ticket_urgency"
train_limit = 24
test_limit = 12

[[tasks]]
pack = "{0}/packs/question_types"
train_limit = 24
test_limit = 12

[tuning]
epochs = 1
batch_size = 8
rank = 4
alpha = 8
learning_rate = 1e-3
{1}
)",
                                 root, more));
    return file;
  }
};

TEST_F(RunTest, RunsEveryCellAndReports) {
  const Outcome outcome = tuneval({"run", manifest().string()});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const StoredRecords stored = RecordStore(folder_ / "out").read_all();
  EXPECT_TRUE(stored.faults.empty());
  ASSERT_EQ(stored.records.size(), 4U);
  for (const CellRecord& record : stored.records) {
    EXPECT_TRUE(record.done());
    ASSERT_TRUE(record.base && record.tune && record.tuned);
    EXPECT_EQ(record.base->examples, 12);
    EXPECT_LT(record.base->computed_tokens, record.base->prompt_tokens) << "nothing was shared";
    EXPECT_LT(record.tune->computed_tokens, record.tune->tokens);
    EXPECT_EQ(record.tune->steps, 3);  // 24 rows, a fifth (5) held out, 8 a step
    EXPECT_TRUE(fs::exists(folder_ / "out" / record.tune->adapter / "adapter_model.safetensors"));
    EXPECT_FALSE(fs::exists(folder_ / "out/checkpoints" / record.id));
    EXPECT_EQ(
        read_predictions(RecordStore(folder_ / "out").predictions_path(record.id, Stage::tuned))
            .size(),
        12U);
  }
  EXPECT_THAT(outcome.out, HasSubstr("tiny-qwen3"));
  EXPECT_THAT(read_file(folder_ / "out/report.md"), HasSubstr("ticket\\_urgency"));  // escaped for
                                                                                     // Markdown
  EXPECT_TRUE(nlohmann::json::accept(read_file(folder_ / "out/summary.json")));
  EXPECT_THAT(read_file(folder_ / "out/report.csv"), HasSubstr("question_types"));

  const Outcome again = tuneval({"run", manifest().string(), "--set", "report.ties=average"});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.err, HasSubstr("done before"));
  EXPECT_THAT(again.err, ::testing::Not(HasSubstr(": tune")));

  fs::remove(folder_ / "out/report.md");
  const Outcome report = tuneval({"report", (folder_ / "out").string()});
  EXPECT_EQ(report.exit_code, 0) << report.err;
  EXPECT_TRUE(fs::exists(folder_ / "out/report.md"));
  // [report] is the run's, where no flag says otherwise.
  const auto ties = [&] {
    return nlohmann::json::parse(read_file(folder_ / "out/summary.json")).dump();
  };
  EXPECT_THAT(ties(), HasSubstr(R"("ties":"average")"));
  tuneval({"report", (folder_ / "out").string(), "--ties", "min"});
  EXPECT_THAT(ties(), HasSubstr(R"("ties":"min")"));
}

TEST_F(RunTest, TheSameRunGivesTheSamePredictions) {
  for (const char* output : {"one", "two"}) {
    const Outcome outcome =
        tuneval({"run", manifest().string(), "--only", "model=tiny-llama,task=ticket_urgency",
                 "--output", (folder_ / output).string(), "--quiet"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  }
  const auto records = RecordStore(folder_ / "one").read_all().records;
  ASSERT_EQ(records.size(), 1U);
  const std::string file = "predictions/" + records[0].id + ".tuned.jsonl";
  EXPECT_EQ(read_file(folder_ / "one" / file), read_file(folder_ / "two" / file));
}

TEST_F(RunTest, PlanCountsTokensAndWritesNothing) {
  const Outcome outcome = tuneval({"plan", manifest().string()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("4 cells"));
  EXPECT_THAT(outcome.out, HasSubstr("to run"));
  EXPECT_FALSE(fs::exists(folder_ / "out"));
  const Outcome quiet = tuneval({"plan", manifest().string(), "--quiet"});
  EXPECT_EQ(quiet.exit_code, 0) << quiet.err;
  EXPECT_EQ(quiet.out, "");
}

TEST_F(RunTest, SetChangesTheRecipeAndTheId) {
  const std::vector<std::string> only = {"--only", "model=tiny-llama,task=ticket_urgency"};
  for (const char* set : {"tuning.epochs=1", "tuning.epochs=2"}) {
    const Outcome outcome =
        tuneval({"run", manifest().string(), only[0], only[1], "--set", set, "--quiet"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  }
  EXPECT_EQ(RecordStore(folder_ / "out").read_all().records.size(), 2U);
}

TEST_F(RunTest, AFailingCellIsRecordedAndTheOthersGoOn) {
  const Outcome outcome = tuneval({"run", manifest().string(), "--only", "task=ticket_urgency",
                                   "--set", "tuning.learning_rate=1e30", "--set",
                                   "tuning.max_grad_norm=0", "--set", "tuning.warmup_ratio=0"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("TuneError"));
  const auto records = RecordStore(folder_ / "out").read_all().records;
  ASSERT_EQ(records.size(), 2U);
  for (const CellRecord& record : records) {
    EXPECT_EQ(record.status, "failed");
    EXPECT_EQ(record.error->kind, "TuneError");
    EXPECT_THAT(record.error->message, HasSubstr("expected finite numbers"));
    EXPECT_TRUE(record.base) << "what was finished before is kept";
  }
}

TEST_F(RunTest, MistakesAreFoundBeforeAnythingRuns) {
  struct Case {
    std::string more;
    std::vector<std::string> arguments;
    std::string message;
  };
  const std::vector<Case> cases = {
      {"learning_rat = 1", {}, "did you mean \"learning_rate\""},
      {"targets = [\"q_prog\"]", {}, "\"q_prog\" names no linear layer"},
      {"", {"--only", "model=tiny"}, "the manifest has no model \"tiny\""},
      {"", {"--set", "tuning.rank=0"}, "expected at least 1"},
      {"[run]", {}, "run.toml"},
  };
  for (const Case& one : cases) {
    std::vector<std::string> arguments = {"run", manifest(one.more).string()};
    arguments.insert(arguments.end(), one.arguments.begin(), one.arguments.end());
    const Outcome outcome = tuneval(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << one.message;
    EXPECT_THAT(outcome.err, HasSubstr(one.message));
    EXPECT_FALSE(fs::exists(folder_ / "out/records"));
  }
}

TEST_F(RunTest, AModelOfAnUnknownTypeIsRefusedByName) {
  write_file(folder_ / "strange/config.json", R"({"model_type": "mamba"})");
  write_file(folder_ / "run.toml", fmt::format(R"(
[[models]]
path = "strange"
[[tasks]]
pack = "{}/packs/ticket_urgency"
)",
                                               TUNEVAL_SOURCE_DIR));
  const Outcome outcome = tuneval({"plan", (folder_ / "run.toml").string()});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err,
              HasSubstr("\"model_type\" is \"mamba\": supported are gemma3, gemma3_text, "
                        "lfm2, llama, qwen3"));
}

}  // namespace
}  // namespace tuneval::testing
