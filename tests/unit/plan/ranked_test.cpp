// What a plan makes of answers that are ranked.
#include "framework/plan/plan.h"
#include "tests/support/toy_run.h"
#include "tuneval/error.h"

#include <gtest/gtest.h>

namespace tuneval {
namespace {

class RankedPlanTest : public testing::Test {
 protected:
  RankedPlanTest() {
    run.add_model("qwen3_tied");
    run.add_task("colours");
  }
  CellEstimate estimate() const {
    return make_plan(run.manifest, test::all_plugins()).cells.at(0).estimate;
  }
  void rank() { run.manifest.tasks[0].options["ranked"] = true; }

  test::ToyRun run;
};

TEST_F(RankedPlanTest, EveryPromptHasAllAnswersBehindIt) {
  const CellEstimate free = estimate();
  rank();
  const Plan plan = make_plan(run.manifest, test::all_plugins());
  const CellEstimate& ranked = plan.cells.at(0).estimate;
  EXPECT_EQ(ranked.score_tokens, free.score_tokens);
  EXPECT_EQ(ranked.score_computed, free.score_computed + 6 * 3);  // six prompts, three words
  const ModelCosts& costs = plan.models[0].costs;
  const int64_t each = costs.body + costs.adapter + costs.vocabulary * costs.width;
  EXPECT_DOUBLE_EQ(ranked.flops, free.flops + 2 * 18 * 2.0 * double(each));
}

TEST_F(RankedPlanTest, EqualPromptsAreRankedOnce) {
  rank();
  const CellEstimate once = estimate();
  const auto file = run.pack_folder("colours") / "test.jsonl";
  const std::string rows = test::read_text(file);
  test::write_text(file, rows + rows);
  EXPECT_EQ(estimate().score_computed, once.score_computed);
  EXPECT_EQ(estimate().score_tokens, 2 * once.score_tokens);
}

TEST_F(RankedPlanTest, WhatAnswersShareIsCountedOnce) {
  run.manifest.tasks[0].options["classes"] = {"w30", "w31", "w32", "w31 w40 w41", "w31 w40 w42"};
  const int64_t free = estimate().score_computed;
  rank();
  EXPECT_EQ(estimate().score_computed, free + 6 * 6);
}

TEST_F(RankedPlanTest, APromptLeavesRoomForTheLongestAnswer) {
  const auto config = run.model_folder("qwen3_tied") / "config.json";
  std::string text = test::read_text(config);
  const std::string context = "\"max_position_embeddings\": ";
  const size_t at = text.find(context + "256");
  ASSERT_NE(at, text.npos);
  test::write_text(config, text.replace(at, context.size() + 3, context + "9"));
  run.manifest.tasks[0].options["classes"] = {"w30", "w31", "w32", "w33 w34 w35"};
  estimate();
  rank();
  EXPECT_EQ(test::message_of<DataError>([&] { estimate(); }),
            (run.pack_folder("colours") / "test.jsonl").string() +
                ":4: the prompt with room for an answer has 10 tokens in the words of model "
                "\"qwen3_tied\": at most 9");
}

}  // namespace
}  // namespace tuneval
