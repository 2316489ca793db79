#include "framework/plan/plan.h"

#include "tests/support/toy_run.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;
using test::all_plugins;
using test::message_of;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class PlanTest : public testing::Test {
 protected:
  PlanTest() {
    run.add_model("qwen3_tied");
    run.add_task("colours");
  }

  Plan plan() const { return make_plan(run.manifest, all_plugins()); }
  std::string id() const { return plan().cells.at(0).id; }
  template <class Kind>
  std::string refusal() const {
    return message_of<Kind>([&] { plan(); });
  }
  fs::path model() const { return run.model_folder("qwen3_tied"); }
  fs::path pack() const { return run.pack_folder("colours"); }
  void replace(const fs::path& file, const std::string& from, const std::string& to) const {
    std::string text = test::read_text(file);
    const size_t at = text.find(from);
    ASSERT_NE(at, text.npos) << file << ": " << from;
    test::write_text(file, text.replace(at, from.size(), to));
  }

  test::ToyRun run;
};

TEST_F(PlanTest, AModelsCellsStandTogether) {
  run.add_model("llama_smol");
  run.add_task("shapes", 50);
  const Plan made = plan();
  ASSERT_EQ(made.cells.size(), 4u);
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(made.cells[i].model, i / 2);
    EXPECT_EQ(made.cells[i].task, i % 2);
  }
  EXPECT_THAT(made.cells[3].id, StartsWith("llama_smol.shapes."));
  EXPECT_EQ(made.models[0].model_type, "qwen3");
  EXPECT_EQ(made.models[0].context, 256);
  EXPECT_EQ(made.models[0].hash.size(), 64u);
  EXPECT_GT(made.models[0].parameters, 20000);
  EXPECT_EQ(made.tasks[1].data.train.size(), 12u);
}

TEST_F(PlanTest, TheTextPartOfAModelThatSeesImagesSaysItsContext) {
  run.add_model("gemma3_vision");
  EXPECT_EQ(plan().models.at(1).context, 256);
}

TEST_F(PlanTest, AFolderThatIsNotThereIsNamedWithItsEntry) {
  run.manifest.models[0].path = "/none/such";
  EXPECT_EQ(refusal<ManifestError>(),
            "run.toml:3:1: model \"qwen3_tied\": no such folder: /none/such");
  run.manifest.tasks[0].pack = "/none/pack";
  EXPECT_EQ(refusal<ManifestError>(), "run.toml:7:1: task \"colours\": no such folder: /none/pack");
}

TEST_F(PlanTest, WhatNoPluginBringsIsRefused) {
  replace(model() / "config.json", "\"model_type\": \"qwen3\"", "\"model_type\": \"mamba\"");
  EXPECT_THAT(refusal<ConfigError>(),
              StartsWith((model() / "config.json").string() + ": \"model_type\" is \"mamba\""));
  replace(pack() / "pack.toml", "\"classification\"", "\"poetry\"");
  EXPECT_THAT(message_of<Error>([&] { plan(); }),
              AllOf(HasSubstr("\"poetry\""), HasSubstr("classification")));
}

TEST_F(PlanTest, OfSeveralFaultsTheFirstIsTold) {
  run.add_model("llama_smol");
  run.manifest.tuning.max_length = 2;
  for (int i = 0; i < 20; ++i) {  // whichever cell is looked at first
    EXPECT_THAT(refusal<DataError>(),
                AllOf(StartsWith((pack() / "train.jsonl").string() + ":1: the example has "),
                      HasSubstr("model \"qwen3_tied\": at most 2")));
  }
}

TEST_F(PlanTest, ABadRowIsNamed) {
  replace(pack() / "train.jsonl", "\"label\": \"w31\"", "\"label\": \"w33\"");
  EXPECT_THAT(refusal<DataError>(),
              StartsWith((pack() / "train.jsonl").string() + ":2: \"label\""));
}

TEST_F(PlanTest, ABadOptionOfAMetricIsNamed) {
  const std::string toml = test::read_text(pack() / "pack.toml");
  test::write_text(pack() / "pack.toml", toml + "[metric_options.accuracy]\nstrict = true\n");
  EXPECT_EQ(refusal<DataError>(), (pack() / "pack.toml").string() +
                                      ": [metric_options.accuracy]: \"strict\" is not an "
                                      "option of accuracy, which has none");
  test::write_text(pack() / "pack.toml", toml + "[metric_options.rouge_l]\nstemer = true\n");
  EXPECT_THAT(refusal<DataError>(), HasSubstr("[metric_options.rouge_l]: \"stemer\""));
}

TEST_F(PlanTest, AModelThatCannotBeBuiltOrReadIsNamed) {
  const std::string tokenizer = test::read_text(model() / "tokenizer.json");
  test::write_text(model() / "tokenizer.json", "{");
  EXPECT_THAT(refusal<ConfigError>(), HasSubstr((model() / "tokenizer.json").string()));
  test::write_text(model() / "tokenizer.json", tokenizer);
  replace(model() / "config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": true");
  EXPECT_EQ(refusal<ConfigError>(), (model() / "config.json").string() +
                                        ": \"num_hidden_layers\" is true: expected an integer");
}

TEST_F(PlanTest, TargetsDevicesAndDtypesAreChecked) {
  run.manifest.tuning.targets = {"q_prj"};
  EXPECT_THAT(refusal<ManifestError>(),
              StartsWith("[tuning] targets: \"q_prj\" names no linear layer of "));
  run.manifest.tuning.adapter = "none";  // targets are of no account then
  plan();
  run.manifest.dtype = "int4";
  EXPECT_THAT(refusal<ManifestError>(), StartsWith("dtype \"int4\""));
  run.manifest.dtype = "auto";
  run.manifest.models[0].options["dtype"] = "int8";
  EXPECT_THAT(refusal<ManifestError>(), StartsWith("dtype \"int8\""));
  run.manifest.device = "tpu";
  EXPECT_THAT(refusal<ManifestError>(), StartsWith("device \"tpu\""));
}

TEST_F(PlanTest, WhatDoesNotFitTheContextIsNamed) {
  run.manifest.tuning.max_length = 6;
  EXPECT_THAT(refusal<DataError>(),
              AllOf(StartsWith((pack() / "train.jsonl").string() + ":2: the example has 7 tokens"),
                    HasSubstr("of model \"qwen3_tied\": at most 6")));
  run.manifest.tuning.max_length = 0;
  replace(model() / "config.json", "\"max_position_embeddings\": 256",
          "\"max_position_embeddings\": 9");
  plan();
  test::write_text(pack() / "test.jsonl", "{\"input\": \"a b c d e f g\", \"label\": \"w30\"}\n");
  EXPECT_EQ(refusal<DataError>(),
            (pack() / "test.jsonl").string() +
                ":1: the prompt with room for an answer has 10 tokens in the words of model "
                "\"qwen3_tied\": at most 9");
}

TEST_F(PlanTest, TokensAreCounted) {
  run.manifest.tuning.validation_ratio = 0.25;  // 9 of 12 are trained on
  const Plan made = plan();
  const CellEstimate& estimate = made.cells[0].estimate;
  int64_t tokens = 0, prompts = 0;
  for (size_t i = 0; i < 9; ++i) {
    tokens += int64_t(tokenize(*made.models[0].text, made.tasks[0].data.train[i]).ids.size());
  }
  for (const Example& example : made.tasks[0].data.test) {
    prompts += int64_t(prompt_ids(*made.models[0].text, example).size());
  }
  EXPECT_EQ(estimate.tune_tokens, 2 * tokens);
  // Every step of four rows has its two words of description once.
  EXPECT_LE(estimate.tune_computed, 2 * (tokens - 2 * 6));
  EXPECT_GT(estimate.tune_computed, tokens);
  EXPECT_EQ(estimate.score_tokens, prompts);
  EXPECT_LE(estimate.score_computed, prompts - 2 * 5);
  EXPECT_DOUBLE_EQ(estimate.flops, estimate.tune_flops + estimate.forward_flops);
  run.manifest.tuning.adapter = "none";
  run.manifest.scoring.base = false;
  const CellEstimate whole = plan().cells[0].estimate;
  EXPECT_EQ(whole.tune_computed, estimate.tune_computed);
  EXPECT_LT(whole.forward_flops, estimate.forward_flops);
}

/// One change to a run, by name.
struct Change {
  std::string name;
  std::function<void(test::ToyRun&)> make;
};

void append(const fs::path& file, const std::string& text) {
  test::write_text(file, test::read_text(file) + text);
}

const std::vector<Change>& changes_that_matter() {
  static const std::vector<Change> all = {
      {"seed", [](auto& run) { run.manifest.seed = 5; }},
      {"recipe_seed", [](auto& run) { run.manifest.tuning.seed = 5; }},
      {"learning_rate", [](auto& run) { run.manifest.tuning.learning_rate = 1e-4; }},
      {"adapter", [](auto& run) { run.manifest.tuning.adapter = "none"; }},
      {"targets", [](auto& run) { run.manifest.tuning.targets = {"q_proj"}; }},
      {"dtype", [](auto& run) { run.manifest.dtype = "bfloat16"; }},
      {"models_dtype", [](auto& run) { run.manifest.models[0].options["dtype"] = "float16"; }},
      {"chat",
       [](auto& run) {
         run.manifest.models[0].options["chat"] = {{"enable_thinking", true}};
       }},
      {"no_base", [](auto& run) { run.manifest.scoring.base = false; }},
      {"max_new_tokens", [](auto& run) { run.manifest.scoring.max_new_tokens = 5; }},
      {"train_limit", [](auto& run) { run.manifest.tasks[0].train_limit = 10; }},
      {"test_limit", [](auto& run) { run.manifest.tasks[0].test_limit = 5; }},
      {"options", [](auto& run) { run.manifest.tasks[0].options["prompt"] = "{input}"; }},
      {"train_row",
       [](auto& run) { append(run.pack_folder("colours") / "train.jsonl", test::pack_rows(1)); }},
      {"test_row",
       [](auto& run) { append(run.pack_folder("colours") / "test.jsonl", test::pack_rows(1)); }},
      {"pack_toml",
       [](auto& run) { append(run.pack_folder("colours") / "pack.toml", "max_new_tokens = 9\n"); }},
      {"config", [](auto& run) { append(run.model_folder("qwen3_tied") / "config.json", " "); }},
      {"end_tokens",
       [](auto& run) {
         test::write_text(run.model_folder("qwen3_tied") / "generation_config.json", "{}");
       }},
      {"weights",
       [](auto& run) {
         const fs::path file = run.model_folder("qwen3_tied") / "model.safetensors";
         std::string bytes = test::read_text(file);
         bytes.back() = char(bytes.back() ^ 1);
         test::write_text(file, bytes);
       }},
      {"template",
       [](auto& run) {
         test::write_text(run.model_folder("qwen3_tied") / "chat_template.jinja",
                          "{{ messages[0].content }}");
       }},
  };
  return all;
}

const std::vector<Change>& changes_that_do_not() {
  static const std::vector<Change> all = {
      {"nothing", [](auto&) {}},
      {"output", [](auto& run) { run.manifest.output = "/elsewhere"; }},
      {"name", [](auto& run) { run.manifest.name = "other"; }},
      {"file", [](auto& run) { run.manifest.file = "other.toml"; }},
      {"threads", [](auto& run) { run.manifest.threads = 7; }},
      {"report", [](auto& run) { run.manifest.report.interval = "student_t"; }},
      {"scoring_batches",
       [](auto& run) {
         run.manifest.scoring.batch_size = 3;
         run.manifest.scoring.token_budget = 99;
       }},
      {"checkpoint_steps", [](auto& run) { run.manifest.tuning.checkpoint_steps = 3; }},
      {"recompute", [](auto& run) { run.manifest.tuning.recompute = "always"; }},
      {"activation_mib", [](auto& run) { run.manifest.tuning.activation_mib = 1; }},
      {"limit_past_the_end", [](auto& run) { run.manifest.tasks[0].train_limit = 12; }},
      {"models_readme",
       [](auto& run) { test::write_text(run.model_folder("qwen3_tied") / "README.md", "x"); }},
      {"packs_readme",
       [](auto& run) { test::write_text(run.pack_folder("colours") / "README.md", "x"); }},
      {"another_model", [](auto& run) { run.add_model("llama_smol"); }},
      {"another_task", [](auto& run) { run.add_task("shapes", 50); }},
      {"places",
       [](auto& run) {
         fs::rename(run.folder.path() / "models", run.folder.path() / "moved");
         fs::rename(run.folder.path() / "packs", run.folder.path() / "moved_packs");
         run.manifest.models[0].path = run.folder.path() / "moved" / "qwen3_tied";
         run.manifest.tasks[0].pack = run.folder.path() / "moved_packs" / "colours";
       }},
  };
  return all;
}

TEST_F(PlanTest, IdsChangeWithWhatDecidesTheResult) {
  const std::string before = id();
  std::map<std::string, std::string> seen = {{before, "unchanged"}};
  for (const Change& change : changes_that_matter()) {
    test::ToyRun other;
    other.add_model("qwen3_tied");
    other.add_task("colours");
    change.make(other);
    const std::string after = make_plan(other.manifest, all_plugins()).cells.at(0).id;
    EXPECT_THAT(after, StartsWith("qwen3_tied.colours."));
    const auto [known, fresh] = seen.emplace(after, change.name);
    EXPECT_TRUE(fresh) << change.name << " gives the id of " << known->second;
  }
}

TEST_F(PlanTest, IdsDoNotChangeWithAnythingElse) {
  const std::string before = id();
  for (const Change& change : changes_that_do_not()) {
    test::ToyRun other;
    other.add_model("qwen3_tied");
    other.add_task("colours");
    change.make(other);
    EXPECT_EQ(make_plan(other.manifest, all_plugins()).cells.at(0).id, before) << change.name;
  }
}

TEST_F(PlanTest, IdsAreFileNames) {
  run.manifest.models[0].name = "a/b c";
  run.manifest.tasks[0].name = "../ü";
  EXPECT_THAT(id(), testing::MatchesRegex("a_b_c\\.[_]+\\.[0-9a-f]+"));
}

}  // namespace
}  // namespace tuneval
