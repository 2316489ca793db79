#include "framework/report/exports/exports.h"

#include "framework/report/exports/exported_models.h"
#include "framework/report/exports/uncertainty.h"
#include "framework/summary/comparison.h"
#include "tests/support/scored_run.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using test::answers;
using test::read_text;
using test::ScoredRun;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// Two tasks, a model tuned on both, a majority's answer on one, a failed cell.
class ExportTest : public testing::Test {
 protected:
  ExportTest() {
    run_.add("small", "topics", answers(1, 4), answers(3, 4));
    run_.add("small", "intents", answers(2, 4), answers(4, 4));
    CellRecord majority = ScoredRun::record_of("majority", "topics", answers(2, 4), std::nullopt);
    majority.kind = CellKind::majority;
    run_.write(majority, answers(2, 4), std::nullopt);
    CellRecord failed = ScoredRun::record_of("other", "topics", std::nullopt, std::nullopt);
    failed.status = "failed";
    failed.error = CellError{"TuneError", "the loss is nan"};
    run_.write(failed, std::nullopt, std::nullopt);
  }

  std::vector<std::string> written(const std::string& format) {
    const auto records = run_.records();
    SummaryOptions options;
    options.predictions = predictions_in(run_.store);
    std::vector<std::string> names;
    for (const fs::path& file : write_export(format, summarise(records, options), run_.store)) {
      names.push_back(file.lexically_relative(folder(format)).generic_string());
    }
    return names;
  }
  fs::path folder(const std::string& format) { return run_.store.output() / "exports" / format; }
  Json json(const fs::path& file) { return Json::parse(read_text(file)); }
  std::vector<Json> lines(const fs::path& file) {
    std::vector<Json> found;
    std::istringstream text(read_text(file));
    for (std::string line; std::getline(text, line);) found.push_back(Json::parse(line));
    return found;
  }

  ScoredRun run_;
};

TEST_F(ExportTest, LmEvalHasAFolderForEachModel) {
  EXPECT_THAT(written("lm-eval"),
              UnorderedElementsAre("small/samples_intents_2026-03-16T20-46-16.jsonl",
                                   "small/samples_topics_2026-03-16T20-46-16.jsonl",
                                   "small/results_2026-03-16T20-46-16.json",
                                   "small-tuned/samples_intents_2026-03-16T20-46-16.jsonl",
                                   "small-tuned/samples_topics_2026-03-16T20-46-16.jsonl",
                                   "small-tuned/results_2026-03-16T20-46-16.json"));
}

TEST_F(ExportTest, LmEvalResultsHaveTheHarnessesKeys) {
  written("lm-eval");
  const Json results = json(folder("lm-eval") / "small-tuned/results_2026-03-16T20-46-16.json");
  for (const char* key :
       {"results", "group_subtasks", "configs", "versions", "n-shot", "higher_is_better",
        "n-samples", "config", "git_hash", "date", "pretty_env_info", "task_hashes", "model_source",
        "model_name", "model_name_sanitized", "system_instruction", "chat_template",
        "fewshot_as_multiturn", "total_evaluation_time_seconds"}) {
    EXPECT_TRUE(results.contains(key)) << key;
  }
  const Json& topics = results["results"]["topics"];
  EXPECT_EQ(topics["accuracy,none"], 0.75);
  EXPECT_NEAR(topics["accuracy_stderr,none"].get<double>(), 0.25, 1e-12) << "√(0.25 / 4)";
  EXPECT_EQ(topics["alias"], "topics");
  EXPECT_EQ(topics["sample_len"], 4);
  EXPECT_EQ(results["n-samples"]["topics"]["effective"], 4);
  EXPECT_EQ(results["higher_is_better"]["topics"]["accuracy"], true);
  EXPECT_EQ(results["model_name"], "small-tuned");
  EXPECT_EQ(results["config"]["model_args"]["peft"]["topics"], "adapters/small-topics");
  EXPECT_EQ(results["config"]["random_seed"], 7);
  EXPECT_FALSE(
      json(folder("lm-eval") / "small/results_2026-03-16T20-46-16.json")["config"]["model_args"]
          .contains("peft"));
}

TEST_F(ExportTest, LmEvalSamplesHaveWhatTheModelSawAndSaid) {
  written("lm-eval");
  const auto samples =
      lines(folder("lm-eval") / "small-tuned/samples_topics_2026-03-16T20-46-16.jsonl");
  ASSERT_EQ(samples.size(), 4U);
  const Json& last = samples.back();
  EXPECT_EQ(last["doc_id"], 3);
  EXPECT_EQ(last["target"], "yes");
  EXPECT_EQ(last["arguments"]["gen_args_0"]["arg_0"], "Question 4?");
  EXPECT_EQ(last["resps"], Json::parse(R"([["no"]])"));
  EXPECT_EQ(last["filtered_resps"], Json::parse(R"(["no"])"));
  EXPECT_EQ(last["filter"], "none");
  EXPECT_EQ(last["metrics"], Json::parse(R"(["accuracy"])"));
  EXPECT_EQ(last["accuracy"], 0.0);
  EXPECT_EQ(last["prompt_hash"], sha256_hex("Question 4?"));
  std::string hashes;
  for (const Json& sample : samples) {
    for (const char* key : {"doc_hash", "prompt_hash", "target_hash"}) {
      hashes += sample[key].get<std::string>();
    }
  }
  const Json results = json(folder("lm-eval") / "small-tuned/results_2026-03-16T20-46-16.json");
  EXPECT_EQ(results["task_hashes"]["topics"], sha256_hex(hashes));
}

TEST_F(ExportTest, EveryEvalEverNamesFilesByWhatIsInThem) {
  const auto names = written("every-eval-ever");
  ASSERT_EQ(names.size(), 4U);
  // The schema's own pattern of a file of samples.
  const std::string hex = "[0-9a-f]";
  const std::string uuid =
      hex + "{8}-" + hex + "{4}-4" + hex + "{3}-[89ab]" + hex + "{3}-" + hex + "{12}";
  EXPECT_THAT(
      names, UnorderedElementsAre(
                 testing::MatchesRegex("data/run/local/small/" + uuid + "\\.json"),
                 testing::MatchesRegex("data/run/local/small/" + uuid + "_samples\\.jsonl"),
                 testing::MatchesRegex("data/run/local/small-tuned/" + uuid + "\\.json"),
                 testing::MatchesRegex("data/run/local/small-tuned/" + uuid + "_samples\\.jsonl")));
  EXPECT_EQ(written("every-eval-ever"), names) << "the same again";
}

TEST_F(ExportTest, EveryEvalEverLinksItsExamples) {
  const auto names = written("every-eval-ever");
  const auto is_tuned = [](const std::string& name) {
    return name.find("small-tuned") != name.npos && name.ends_with(".json");
  };
  const std::string name = *std::ranges::find_if(names, is_tuned);
  const Json log = json(folder("every-eval-ever") / name);
  EXPECT_EQ(log["schema_version"], "0.3.0");
  EXPECT_EQ(log["source_metadata"]["source_type"], "evaluation_run");
  EXPECT_EQ(log["model_info"]["id"], "local/small-tuned");
  EXPECT_EQ(log["model_info"]["additional_details"]["deployment_type"], "self_deployed");
  EXPECT_EQ(log["model_info"]["additional_details"]["model_availability"], "unknown");
  for (const auto& detail : log["model_info"]["additional_details"].items()) {
    EXPECT_TRUE(detail.value().is_string()) << detail.key();
  }
  ASSERT_EQ(log["evaluation_results"].size(), 2U);
  const Json& topics = log["evaluation_results"][1];
  EXPECT_EQ(topics["evaluation_result_id"], "topics/accuracy");
  EXPECT_EQ(topics["source_data"]["source_type"], "other");
  EXPECT_EQ(topics["metric_config"]["lower_is_better"], false);
  EXPECT_EQ(topics["metric_config"]["max_score"], 1.0);
  EXPECT_EQ(topics["score_details"]["score"], 0.75);
  EXPECT_EQ(topics["score_details"]["uncertainty"]["num_samples"], 4);
  EXPECT_EQ(topics["score_details"]["uncertainty"]["confidence_interval"]["method"], "wilson");
  const Json& detailed = log["detailed_evaluation_results"];
  const fs::path samples = folder("every-eval-ever") / detailed["file_path"].get<std::string>();
  EXPECT_EQ(detailed["checksum"], sha256_hex(read_text(samples)));
  const auto rows = lines(samples);
  ASSERT_EQ(rows.size(), 8U);
  EXPECT_EQ(detailed["total_rows"], 8);
  for (const Json& row : rows) {
    EXPECT_EQ(row["evaluation_id"], log["evaluation_id"]);
    EXPECT_EQ(row["model_id"], log["model_info"]["id"]);
  }
  EXPECT_EQ(rows.back()["output"]["raw"], Json::parse(R"(["no"])"));
  EXPECT_EQ(rows.back()["evaluation"]["is_correct"], false);
  EXPECT_EQ(rows.back()["interaction_type"], "single_turn");
}

TEST_F(ExportTest, MlflowHasARunForEachRecord) {
  const auto names = written("mlflow");
  const auto runs = std::ranges::count_if(
      names, [](const std::string& name) { return name.ends_with("/meta.yaml"); });
  EXPECT_EQ(runs, 4 + 1) << "four records, and the experiment";
  const auto id = sha256_hex("small-topics").substr(0, 32);
  const auto found = std::ranges::find_if(
      names, [&](const std::string& name) { return name.ends_with(id + "/metrics/loss"); });
  ASSERT_NE(found, names.end());
  const fs::path run = (folder("mlflow") / *found).parent_path().parent_path();
  EXPECT_EQ(read_text(run / "metrics/loss"), "1773693600000 1.5 1\n1773693600000 0.5 2\n");
  EXPECT_EQ(read_text(run / "metrics/tuned/accuracy"), "1773693976000 0.75 0\n");
  EXPECT_EQ(read_text(run / "metrics/delta/accuracy"), "1773693976000 0.5 0\n");
  EXPECT_EQ(read_text(run / "params/recipe.learning_rate"), "0.0002");
  EXPECT_EQ(read_text(run / "tags/mlflow.runName"), "small-tuned-seed-7 on topics");
  EXPECT_EQ(parse_record(read_text(run / "artifacts/record.json"), "").id, "small-topics");
  EXPECT_THAT(read_text(run / "meta.yaml"), HasSubstr("status: 3\n"));
  EXPECT_THAT(read_text(run / "meta.yaml"), HasSubstr("run_id: \"" + id + "\""));
}

TEST_F(ExportTest, SeedsAndRatesAreModelsOfTheirOwn) {
  CellRecord again = ScoredRun::record_of("small", "topics", std::nullopt, answers(2, 4));
  again.id = "small-topics-8";
  again.seed = 8;
  run_.write(again, std::nullopt, answers(2, 4));
  CellRecord band = ScoredRun::record_of("small", "topics", std::nullopt, answers(2, 4));
  band.id = "small-topics-band";
  band.band = true;
  band.recipe["learning_rate"] = 0.5;
  run_.write(band, std::nullopt, answers(2, 4));
  const auto records = run_.records();
  std::vector<std::string> names;
  for (const ExportedModel& model : exported_models(records)) names.push_back(model.name);
  EXPECT_THAT(names, ElementsAre("small", "small-tuned-rate-0.5", "small-tuned-seed-7",
                                 "small-tuned-seed-8"));
}

TEST(Exports, AnUnknownFormatIsRefused) {
  const ScoredRun run;
  EXPECT_THAT([&] { write_export("tensorboard", summarise({}), run.store); },
              testing::ThrowsMessage<ManifestError>(HasSubstr("expected \"lm-eval\" or")));
}

TEST(Exports, UncertaintyIsOfMeansAlone) {
  const auto rows = ScoredRun::rows_of({1.0, 0.0, 0.5, 0.5});
  MetricValue metric = ScoredRun::score_of({1.0, 0.0, 0.5, 0.5}).metrics[0];
  const auto sure = uncertainty_of(rows, metric);
  ASSERT_TRUE(sure);
  EXPECT_EQ(sure->method, "student");
  EXPECT_NEAR(sure->standard_error, std::sqrt(0.5 / 3 / 4), 1e-12);
  metric.value = 0.4;
  EXPECT_FALSE(uncertainty_of(rows, metric));
}

TEST(Exports, NamesOfFilesAreSafe) {
  EXPECT_EQ(file_name("../a b/c:d"), "_._a_b_c_d");
  EXPECT_EQ(file_name(".."), "__");
  EXPECT_EQ(file_name("Qwen3-0.6B"), "Qwen3-0.6B");
  EXPECT_EQ(file_name(""), "_");
}

TEST(Exports, TimesAreOfUtc) {
  EXPECT_EQ(unix_time("1970-01-02T00:00:01Z"), 86401);
  EXPECT_EQ(unix_time("no time"), 0);
}

}  // namespace
}  // namespace tuneval
