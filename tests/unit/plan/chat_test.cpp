// What a manifest says of a model's chat template, from its text to the prompts of the plan.
#include "framework/manifest/manifest.h"
#include "framework/plan/plan.h"
#include "tests/support/toy_run.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace tuneval {
namespace {

namespace fs = std::filesystem;

const std::string kNoThinking = "<think>\n\n</think>\n\n";

class ChatOptions : public testing::Test {
 protected:
  void SetUp() override {
    const char* named = std::getenv("TUNEVAL_SHARED_DATA");
    const fs::path data = named ? named : TUNEVAL_SHARED_DATA_DIR;
    const fs::path file = data / "chat_templates" / "qwen3.jinja";
    if (!fs::exists(file)) {
      if (std::getenv("CI")) FAIL() << file << ": no such file";
      GTEST_SKIP() << file << ": no such file";
    }
    run.add_task("colours");
    for (const char* model : {"qwen3_tied", "llama_smol"}) {
      run.add_model(model);
      test::write_text(run.model_folder(model) / "chat_template.jinja", test::read_text(file));
    }
  }
  /// The prompts of the models of a manifest, in its order.
  std::vector<std::string> prompts(const std::string& models,
                                   const std::vector<std::string>& overrides = {}) {
    const fs::path file = run.folder.path() / "run.toml";
    test::write_text(file, models + "[[tasks]]\npack = \"packs/colours\"\n");
    const Plan plan = make_plan(read_manifest(file, overrides), test::all_plugins());
    Example example;
    example.messages = {{"user", "Hello", ""}};
    std::vector<std::string> all;
    for (const PlannedModel& model : plan.models) all.push_back(prompt_text(*model.text, example));
    return all;
  }
  static std::string entry(const std::string& name, const std::string& folder,
                           const std::string& options = "") {
    return "[[models]]\nname = \"" + name + "\"\npath = \"models/" + folder + "\"\n" + options;
  }

  test::ToyRun run;
};

TEST_F(ChatOptions, Qwen3DoesNotThinkUnlessItsEntrySaysSo) {
  const auto all =
      prompts(entry("plain", "qwen3_tied") +
              entry("on", "qwen3_tied", "options.chat = { enable_thinking = true }\n") +
              entry("off", "qwen3_tied", "options.chat = { enable_thinking = false }\n") +
              entry("other", "qwen3_tied", "options.chat = { depth = 2 }\n"));
  ASSERT_EQ(all.size(), 4u);
  EXPECT_TRUE(all[0].ends_with("<|im_start|>assistant\n" + kNoThinking)) << all[0];
  EXPECT_TRUE(all[1].ends_with("<|im_start|>assistant\n")) << all[1];
  EXPECT_EQ(all[2], all[0]);
  EXPECT_EQ(all[3], all[0]);  // another variable leaves the family's own as it is
}

TEST_F(ChatOptions, AnOverrideReachesTheTemplate) {
  const auto all =
      prompts(entry("plain", "qwen3_tied"), {"models.options.chat.enable_thinking=true"});
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].find("<think>"), all[0].npos);
}

TEST_F(ChatOptions, TheDefaultIsTheFamilysNotTheTemplates) {
  const auto all = prompts(entry("plain", "llama_smol"));
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].find("<think>"), all[0].npos);
}

}  // namespace
}  // namespace tuneval
