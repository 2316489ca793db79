// Cells that stand beside the models', as the engine runs them.
#include "framework/engine/engine.h"
#include "framework/record/predictions.h"
#include "tests/support/scripted_teacher.h"
#include "tests/support/toy_run.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

namespace tuneval {
namespace {

using test::all_plugins;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// What began, and which models were loaded.
struct Began : RunListener {
  void cell_began(const Plan&, const Cell& cell) override { cells.push_back(cell.title()); }
  void model_loading(const PlannedModel& model) override { loaded.push_back(model.entry.name); }

  std::vector<std::string> cells, loaded;
};

class BaselinesTest : public testing::Test {
 protected:
  BaselinesTest() {
    run.add_model("qwen3_tied");
    run.add_task("colours");
  }
  RunCounts go(const Only& only = {}) {
    plan = make_plan(run.manifest, all_plugins());
    began = Began();
    return run_plan(plan, all_plugins(), store, only, began);
  }
  CellRecord record(CellKind kind) const {
    for (const Cell& cell : plan.cells) {
      if (cell.kind == kind) return store.read(cell.id);
    }
    throw std::runtime_error("no such cell");
  }

  test::ToyRun run;
  RecordStore store{run.manifest.output};
  Plan plan;
  Began began;
};

TEST_F(BaselinesTest, NeedNoModel) {
  run.manifest.baselines = {"majority", "nearest"};
  const RunCounts counts = go({{"majority", "nearest"}, {}});
  EXPECT_EQ(counts.done, 2);
  EXPECT_THAT(began.cells, ElementsAre("majority", "nearest"));
  EXPECT_THAT(began.loaded, IsEmpty());
  for (const CellKind kind : {CellKind::majority, CellKind::nearest}) {
    const CellRecord made = record(kind);
    ASSERT_TRUE(made.done()) << made.error->message;
    EXPECT_EQ(made.kind, kind);
    EXPECT_EQ(made.model.name, to_string(kind));
    EXPECT_EQ(made.model.parameters, 0);
    EXPECT_EQ(made.recipe, nlohmann::ordered_json::object());
    ASSERT_TRUE(made.base);
    EXPECT_FALSE(made.tune || made.tuned || made.parity);
    EXPECT_EQ(made.base->examples, 6);
    EXPECT_EQ(made.base->parsed, 6);
    EXPECT_EQ(made.base->metrics.at(0).name, "accuracy");
    const auto rows = read_predictions(store.predictions_path(made.id, Stage::base));
    ASSERT_EQ(rows.size(), 6u);
    EXPECT_THAT(rows[0].prompt, HasSubstr("\"role\":\"user\""));
  }
  // Four rows of each of three classes; the first to occur is w30, which two of six rows have.
  EXPECT_DOUBLE_EQ(record(CellKind::majority).base->metrics[0].value, 2.0 / 6.0);
  // By the formula, computed elsewhere: two rows share a rarer word with another class.
  EXPECT_DOUBLE_EQ(record(CellKind::nearest).base->metrics[0].value, 4.0 / 6.0);
  EXPECT_EQ(go({{"majority"}, {}}).skipped, 1);
}

TEST_F(BaselinesTest, SeedOnlyIsTunedOnTheSeedAndNotScoredBefore) {
  run.add_seed("colours", 6);
  run.manifest.baselines = {"seed_only"};
  EXPECT_EQ(go().done, 2);
  EXPECT_THAT(began.cells, ElementsAre("qwen3_tied", "qwen3_tied (seed_only)"));
  EXPECT_THAT(began.loaded, ElementsAre("qwen3_tied"));
  const CellRecord made = record(CellKind::seed_only), whole = record(CellKind::model);
  ASSERT_TRUE(made.done()) << made.error->message;
  EXPECT_EQ(made.model, whole.model);
  EXPECT_EQ(made.recipe, whole.recipe);
  EXPECT_FALSE(made.base);
  ASSERT_TRUE(made.tune && made.parity && made.tuned);
  EXPECT_EQ(made.task.train_rows, 6);
  EXPECT_EQ(made.task.test_rows, whole.task.test_rows);
  EXPECT_NE(made.task.hash, whole.task.hash);
  EXPECT_LT(made.tune->examples, whole.tune->examples);
  EXPECT_NE(made.tune->adapter, whole.tune->adapter);
}

TEST_F(BaselinesTest, ATeacherThatCannotBeReachedFailsItsCellAlone) {
  run.manifest.baselines = {"majority"};
  run.manifest.teacher.emplace();
  run.manifest.teacher->base_url = "https://teacher.example/v1";
  run.manifest.teacher->model = "big";
  run.manifest.teacher->api_key_env = "TUNEVAL_TEST_KEY_THAT_IS_NOT_SET";
  const RunCounts counts = go({{"teacher", "majority"}, {}});
  EXPECT_EQ(counts.failed, 1);
  EXPECT_EQ(counts.done, 1);
  const CellRecord made = record(CellKind::teacher);
  ASSERT_FALSE(made.done());
  EXPECT_EQ(made.error->kind, "TeacherError");
  EXPECT_THAT(made.error->message, HasSubstr("TUNEVAL_TEST_KEY_THAT_IS_NOT_SET"));
  EXPECT_EQ(made.model.path, "big");
  EXPECT_EQ(made.device, "server");
  EXPECT_EQ(made.recipe.at("temperature"), 0.0);
  EXPECT_EQ(made.recipe.at("max_tokens"), 4);
}

/// A teacher that answers by script and asks no second time.
class ServedTeacherTest : public BaselinesTest {
 protected:
  ServedTeacherTest() {
    TeacherOptions& teacher = run.manifest.teacher.emplace();
    teacher.base_url = server.base_url();
    teacher.model = "big";
    teacher.retries = 0;
    teacher.concurrency = 1;
  }
  RunCounts ask() { return go({{"teacher"}, {}}); }

  std::atomic<bool> down = false;
  std::atomic<int64_t> came = 0;
  test::ScriptedTeacher server{[this](const nlohmann::json&, int64_t) {
    const bool third = ++came % 3 == 0;
    return down && third ? test::fails(503, "down") : test::says("w30", 10, 4);
  }};
};

TEST_F(ServedTeacherTest, WhatAnOutageLeftOutIsAskedByTheNextRun) {
  down = true;
  EXPECT_EQ(ask().failed, 1);
  EXPECT_THAT(record(CellKind::teacher).error.value().message,
              HasSubstr("2 of 6 requests got no answer; the last: status 503: down"));
  EXPECT_EQ(server.seen().size(), 6u);
  down = false;
  const RunCounts counts = ask();
  EXPECT_EQ(counts.done, 1);
  EXPECT_EQ(server.seen().size(), 8u);
  EXPECT_EQ(server.most_paid_for_one(), 1);
  const CellRecord made = record(CellKind::teacher);
  EXPECT_EQ(made.base.value().metrics.at(0).scored, 6);
  EXPECT_EQ(made.base->metrics[0].unscored, 0);
  ASSERT_EQ(counts.servers.size(), 1u);
  EXPECT_EQ(counts.servers[0].who, "teacher");
  EXPECT_EQ(counts.servers[0].usage.asked, 2);
  EXPECT_EQ(counts.servers[0].usage.cached, 4);
}

TEST_F(ServedTeacherTest, WhatTheSpendingLimitLeftOutIsAskedByTheNextRun) {
  run.manifest.teacher->output_price = 1e6;  // a token is 1, an answer up to 4
  run.manifest.teacher->spending_limit = 10.0;
  EXPECT_EQ(ask().failed, 1);
  EXPECT_THAT(record(CellKind::teacher).error.value().message,
              HasSubstr("the teacher's spending limit is reached: 4 of 6 requests were not sent"));
  EXPECT_EQ(server.seen().size(), 2u);
  run.manifest.teacher->spending_limit = 100.0;
  const RunCounts counts = ask();
  EXPECT_EQ(counts.done, 1);
  EXPECT_EQ(server.seen().size(), 6u);
  EXPECT_EQ(server.most_paid_for_one(), 1);
  EXPECT_DOUBLE_EQ(counts.servers.at(0).usage.cost, 16.0);
}

}  // namespace
}  // namespace tuneval
