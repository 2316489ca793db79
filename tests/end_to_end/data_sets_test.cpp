// Every public data set that is not in our own form: imported, checked, planned, and run with a few
// rows.
#include "framework/record/predictions.h"
#include "framework/record/store.h"
#include "tests/end_to_end/program.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>
#include <functional>

namespace tuneval::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
namespace fs = std::filesystem;

constexpr int64_t kTrainRows = 6, kTestRows = 3;

/// A data set, how it is imported, and the model that tries it.
struct DataSet {
  std::string name, format;
  std::function<fs::path(const fs::path& folder)> source;  ///< may be put together in the folder
  std::vector<std::string> options;
  std::string task_type, model;
  int64_t train = kTrainRows, test = kTestRows;  ///< examples of so many rows

  friend void PrintTo(const DataSet& set, std::ostream* out) { *out << set.name; }
};

/// One category of the leaderboard: whole, its first rows are all of those without a right call.
std::function<fs::path(const fs::path&)> category(const std::string& name) {
  return [name](const fs::path& folder) {
    const fs::path bfcl = shared_data() / "bfcl";
    const std::string file = "BFCL_v4_" + name + ".json";
    fs::create_directories(folder / name / "possible_answer");
    fs::copy_file(bfcl / file, folder / name / file);
    fs::copy_file(bfcl / "possible_answer" / file, folder / name / "possible_answer" / file);
    return folder / name;
  };
}

/// Twelve rows, as files for fine-tuning by a service have them.
fs::path small_messages(const fs::path& folder) {
  std::string rows;
  for (int i = 0; i < 12; ++i) {
    rows += fmt::format(R"({{"messages": [{{"role": "system", "content": "Be brief."}}, )"
                        R"({{"role": "user", "content": "How is day {0}?"}}, )"
                        R"({{"role": "assistant", "content": "Day {0} is fine."}}]}})",
                        i) +
            "\n";
  }
  write_file(folder / "messages.jsonl", rows);
  return folder / "messages.jsonl";
}

fs::path small_instructions(const fs::path& folder) {
  std::string rows;
  for (int i = 0; i < 12; ++i) {
    rows += fmt::format(
        R"({}{{"instruction": "Name number {}.", "input": "{}", "output": "number {}"}})",
        i == 0 ? "" : ",", i, i % 2 == 0 ? "in words" : "", i);
  }
  write_file(folder / "instructions.json", "[" + rows + "]");
  return folder / "instructions.json";
}

/// The rows that a teacher made for the git commands.
fs::path synthetic_gitara(const fs::path& folder) {
  const fs::path gitara = shared_data() / "distil/gitara";
  fs::create_directories(folder / "synthetic");
  for (const char* name : {"config.yaml", "job_description.json"}) {
    fs::copy_file(gitara / name, folder / "synthetic" / name);
  }
  for (const char* name : {"train.jsonl", "test.jsonl"}) {
    fs::copy_file(gitara / (std::string("synthetic-") + name), folder / "synthetic" / name);
  }
  return folder / "synthetic";
}

fs::path small_redactions(const fs::path& folder) {
  const fs::path pii = shared_data() / "pii";
  write_file(folder / "pii/config.yaml", "base:\n  task: information-extraction\n");
  write_file(folder / "pii/job_description.json", R"({"task_description": "Redact the text."})");
  fs::copy_file(pii / "distil-pii-style.jsonl", folder / "pii/train.jsonl");
  fs::copy_file(pii / "distil-pii-style-base.json", folder / "pii/test.jsonl");
  return folder / "pii";
}

std::function<fs::path(const fs::path&)> shared(const std::string& path) {
  return [path](const fs::path&) { return shared_data() / path; };
}

/// The shop's descriptions are long: a tiny model as it is has a context of 2048 tokens.
DataSet shop(const std::string& model) {
  return {"Ecommerce",         "csv",
          shared("ecommerce"), {"--input-column", "question", "--label-column", "answer"},
          "classification",    model};
}

std::vector<DataSet> data_sets() {
  return {
      shop("long-qwen3"),
      {"HotpotQa",
       "csv",
       shared("hotpotqa"),
       {"--context-column", "context"},
       "open_book_qa",
       "tiny-llama"},
      {"SquadOpen", "squad2", shared("squad2/dev-part-a.json"), {}, "open_book_qa", "tiny-lfm2"},
      {"SquadClosed",
       "squad2",
       shared("squad2/dev-part-a.json"),
       {"--task-type", "closed_book_qa"},
       "closed_book_qa",
       "tiny-gemma3"},
      {"Leaderboard", "bfcl", shared("bfcl"), {}, "tool_calling", "tiny-gemma3"},
      {"SimpleCalls", "bfcl", category("simple_python"), {}, "tool_calling", "tiny-llama"},
      {"ParallelCalls",
       "bfcl",
       category("parallel"),
       {"--underscore-names"},
       "tool_calling",
       "tiny-qwen3"},
      {"Presidio",
       "presidio",
       shared("pii/presidio_synth_dataset_v2.json"),
       {},
       "information_extraction",
       "tiny-lfm2"},
      {"SmallRedactions", "distil", small_redactions, {}, "information_extraction", "tiny-llama"},
      {"VoiceAssistant",
       "distil",
       shared("distil/voice-assistant-banking"),
       {},
       "tool_calling",
       "tiny-qwen3",
       21,
       10},
      {"SmartHome",
       "distil",
       shared("distil/smart-home-massive"),
       {},
       "tool_calling",
       "tiny-llama"},
      {"GitCommands", "distil", shared("distil/gitara"), {}, "tool_calling", "tiny-lfm2"},
      {"SyntheticGitCommands", "distil", synthetic_gitara, {}, "tool_calling", "tiny-gemma3"},
      {"Docstrings",
       "distil",
       shared("distil/localdoc"),
       {},
       "information_extraction",
       "tiny-qwen3"},
      {"Messages", "messages", small_messages, {}, "chat", "tiny-gemma3"},
      {"Instructions", "alpaca", small_instructions, {}, "chat", "tiny-lfm2"},
  };
}

class DataSets : public ProgramTest {
 protected:
  static Outcome succeed(const std::vector<std::string>& arguments) {
    Outcome outcome = tuneval(arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err << outcome.out;
    return outcome;
  }

  std::string import(const DataSet& set) const {
    const std::string pack = (folder_ / "pack").string();
    std::vector<std::string> arguments = {"import", set.format, set.source(folder_).string(),
                                          "--to", pack};
    arguments.insert(arguments.end(), set.options.begin(), set.options.end());
    succeed(arguments);
    return pack;
  }

  std::string manifest(const fs::path& model) const {
    write_file(folder_ / "run.toml", fmt::format(R"(
[run]
output = "out"
[[models]]
path = "{}"
[[tasks]]
pack = "pack"
train_limit = {}
test_limit = {}
[tuning]
epochs = 1
batch_size = 4
rank = 4
validation_ratio = 0
[scoring]
max_new_tokens = 8
)",
                                                 model.string(), kTrainRows, kTestRows));
    return (folder_ / "run.toml").string();
  }

  /// The model's folder; "long-qwen3" is tiny-qwen3 with room for 16384 tokens in place of 2048.
  fs::path model(const std::string& name) const {
    const fs::path models = fs::path(TUNEVAL_SOURCE_DIR) / "models";
    if (name != "long-qwen3") return models / name;
    const fs::path copy = folder_ / "models" / name;
    fs::create_directories(copy.parent_path());
    fs::copy(models / "tiny-qwen3", copy);
    std::string config = read_file(copy / "config.json");
    const std::string context = "\"max_position_embeddings\": 2048";
    const size_t at = config.find(context);
    EXPECT_NE(at, std::string::npos);
    config.replace(at, context.size(), "\"max_position_embeddings\": 16384");
    write_file(copy / "config.json", config);
    return copy;
  }
};

class DataSetTest : public DataSets, public ::testing::WithParamInterface<DataSet> {};

TEST_P(DataSetTest, ImportsChecksPlansAndRuns) {
  TUNEVAL_NEEDS_SHARED_DATA();
  const DataSet& set = GetParam();
  const std::string pack = import(set);
  const Outcome check = succeed({"pack", "check", pack});
  EXPECT_THAT(check.out, HasSubstr(" 0 errors"));
  EXPECT_THAT(check.out + check.err, Not(HasSubstr("no prompt tells")));
  const std::string run = manifest(model(set.model));
  EXPECT_THAT(succeed({"plan", run}).out, HasSubstr("1 cells"));
  succeed({"run", run, "--quiet"});

  const RecordStore store(folder_ / "out");
  const auto records = store.read_all().records;
  ASSERT_EQ(records.size(), 1U);
  const CellRecord& cell = records[0];
  ASSERT_TRUE(cell.done() && cell.base && cell.tune && cell.tuned);
  EXPECT_EQ(cell.task.task_type, set.task_type);
  EXPECT_EQ(cell.tune->examples, set.train);
  EXPECT_TRUE(std::isfinite(cell.tune->final_loss));
  EXPECT_EQ(cell.tuned->examples, set.test);
  for (const MetricValue& metric : cell.tuned->metrics) {
    EXPECT_EQ(metric.scored + metric.unscored, set.test) << metric.name;
  }
  EXPECT_EQ(read_predictions(store.predictions_path(cell.id, Stage::tuned)).size(),
            size_t(set.test));
}

INSTANTIATE_TEST_SUITE_P(All, DataSetTest, ::testing::ValuesIn(data_sets()),
                         [](const auto& one) { return one.param.name; });

TEST_F(DataSets, ARowThatDoesNotFitTheModelIsNamedAtPlan) {
  TUNEVAL_NEEDS_SHARED_DATA();
  const DataSet set = shop("tiny-qwen3");
  const std::string pack = import(set);
  const Outcome plan = tuneval({"plan", manifest(model(set.model))});
  EXPECT_EQ(plan.exit_code, 2);
  EXPECT_THAT(plan.err, StartsWith("tuneval: " + pack + "/train.jsonl:1: the example has "));
  EXPECT_THAT(plan.err, HasSubstr("model \"tiny-qwen3\": at most 2048"));
}

}  // namespace
}  // namespace tuneval::testing
