// What a plan makes of a teacher, a judge and the baselines.
#include "framework/plan/plan.h"
#include "tests/support/toy_run.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>

namespace tuneval {
namespace {

using test::all_plugins;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TeacherOptions teacher_options() {
  TeacherOptions teacher;
  teacher.base_url = "https://teacher.example/v1";
  teacher.model = "big";
  return teacher;
}

/// A run with a teacher and all baselines over a pack with seed rows.
struct FullRun : test::ToyRun {
  FullRun() {
    add_model("qwen3_tied");
    add_task("colours");
    add_seed("colours", 5);
    manifest.teacher = teacher_options();
    manifest.judge = JudgeOptions{teacher_options(), 1};
    manifest.baselines = {"majority", "nearest", "seed_only"};
  }
  /// Gives the task a metric that asks a judge.
  void judge_task() const {
    const auto file = pack_folder("colours") / "pack.toml";
    test::write_text(file, "metrics = [\"accuracy\", \"llm_judge\"]\n" + test::read_text(file));
  }
  Plan plan() const { return make_plan(manifest, all_plugins()); }
};

std::vector<std::string> titles(const Plan& plan) {
  std::vector<std::string> titles;
  for (const Cell& cell : plan.cells) titles.push_back(cell.title());
  return titles;
}

TEST(BaselineCellsTest, StandBeforeTheModels) {
  FullRun run;
  const Plan plan = run.plan();
  EXPECT_THAT(titles(plan), ElementsAre("teacher", "majority", "nearest", "qwen3_tied",
                                        "qwen3_tied (seed_only)"));
  EXPECT_THAT(plan.notes, IsEmpty());
  EXPECT_THAT(plan.cells[0].id, StartsWith("teacher.colours."));
  EXPECT_THAT(plan.cells[4].id, StartsWith("qwen3_tied.colours.seed_only."));
  EXPECT_FALSE(plan.cells[2].has_model());
  EXPECT_TRUE(plan.cells[4].has_model());
  EXPECT_EQ(plan.data(plan.cells[3]).train.size(), 12u);
  EXPECT_EQ(plan.data(plan.cells[4]).train.size(), 5u);
  EXPECT_EQ(plan.data(plan.cells[4]).test.size(), 6u);
  EXPECT_LT(plan.cells[4].estimate.tune_tokens, plan.cells[3].estimate.tune_tokens);
  EXPECT_LT(plan.cells[4].estimate.flops, plan.cells[3].estimate.flops);
  EXPECT_EQ(plan.cells[0].estimate.flops, 0.0);
}

TEST(BaselineCellsTest, AreThereOnlyWhereTheyAreAskedFor) {
  FullRun run;
  run.manifest.teacher->score = false;
  run.manifest.baselines = {};
  EXPECT_THAT(titles(run.plan()), ElementsAre("qwen3_tied"));
}

TEST(BaselineCellsTest, APackWithoutSeedRowsIsNoted) {
  FullRun run;
  run.add_task("shapes", 50);
  const Plan plan = run.plan();
  EXPECT_THAT(plan.notes, ElementsAre("the pack of task \"shapes\" has no seed rows: it gets no "
                                      "seed_only cell"));
  EXPECT_EQ(std::ranges::count(plan.cells, CellKind::seed_only, &Cell::kind), 1);
}

TEST(BaselineCellsTest, AModelsNameIsNotTaken) {
  FullRun run;
  run.manifest.models[0].name = "teacher";
  EXPECT_THAT(titles(run.plan()),
              ElementsAre("teacher-2", "majority", "nearest", "teacher", "teacher (seed_only)"));
}

TEST(BaselineCellsTest, TheTeacherGetsAShotForEachClass) {
  FullRun run;
  EXPECT_EQ(run.plan().tasks[0].teacher_shots.count, 0);
  run.manifest.teacher->shots = 1;
  EXPECT_EQ(run.plan().tasks[0].teacher_shots.count, 3);
  run.manifest.teacher->shots = 5;
  EXPECT_EQ(run.plan().tasks[0].teacher_shots.count, 5);
  run.manifest.teacher->shots = 100;
  EXPECT_EQ(run.plan().tasks[0].teacher_shots.count, 12);  // all there are
}

TEST(BaselineCellsTest, AJudgedMetricWithoutAJudgeIsNoted) {
  FullRun run;
  run.judge_task();
  EXPECT_TRUE(run.plan().tasks[0].data.judged);
  EXPECT_THAT(run.plan().notes, IsEmpty());
  run.manifest.judge.reset();
  EXPECT_THAT(run.plan().notes, ElementsAre(HasSubstr("no [judge]")));
}

TEST(BaselineCellsTest, RepeatsThatWillBeAlikeAreNoted) {
  FullRun run;
  run.manifest.judge->repeats = 3;
  run.manifest.judge->server.temperature = 0.0;
  EXPECT_THAT(run.plan().notes, IsEmpty());  // nothing is judged
  run.judge_task();
  EXPECT_THAT(run.plan().notes, ElementsAre(StartsWith("[judge] repeats is 3 at temperature 0")));
  run.manifest.judge->server.temperature = 0.5;
  EXPECT_THAT(run.plan().notes, IsEmpty());
}

using Ids = std::map<std::string, std::string>;  // by the cell's title

Ids ids(const std::function<void(FullRun&)>& change) {
  FullRun run;
  change(run);
  Ids ids;
  for (const Cell& cell : run.plan().cells) ids[cell.title()] = cell.id;
  return ids;
}

/// The cells whose ids a change changes, given that the first ones are `before`.
std::vector<std::string> changed(const Ids& before, const std::function<void(FullRun&)>& change) {
  std::vector<std::string> titles;
  for (const auto& [title, id] : ids(change)) {
    if (before.at(title) != id) titles.push_back(title);
  }
  return titles;
}

TEST(BaselineCellsTest, IdsChangeWithWhatDecidesTheResult) {
  const Ids before = ids([](FullRun&) {});
  const auto teacher_alone = ElementsAre("teacher");
  EXPECT_THAT(changed(before, [](FullRun& run) { run.manifest.teacher->model = "other"; }),
              teacher_alone);
  EXPECT_THAT(changed(before, [](FullRun& run) { run.manifest.teacher->base_url += "/2"; }),
              teacher_alone);
  EXPECT_THAT(changed(before, [](FullRun& run) { run.manifest.teacher->shots = 1; }),
              teacher_alone);
  EXPECT_THAT(changed(before, [](FullRun& run) { run.manifest.teacher->max_tokens = 9; }),
              teacher_alone);
  EXPECT_THAT(
      changed(before, [](FullRun& run) { run.manifest.teacher->extra_body["top_p"] = 0.5; }),
      teacher_alone);
  EXPECT_THAT(changed(before, [](FullRun& run) { run.manifest.scoring.max_new_tokens = 5; }),
              ElementsAre("qwen3_tied", "qwen3_tied (seed_only)", "teacher"));
  EXPECT_THAT(
      changed(before, [](FullRun& run) { run.manifest.tasks[0].test_limit = 3; }),
      ElementsAre("majority", "nearest", "qwen3_tied", "qwen3_tied (seed_only)", "teacher"));
  EXPECT_THAT(changed(before, [](FullRun& run) { run.manifest.tuning.epochs = 3; }),
              ElementsAre("qwen3_tied", "qwen3_tied (seed_only)"));
  EXPECT_THAT(changed(before,
                      [](FullRun& run) {
                        test::write_text(run.pack_folder("colours") / "seed.jsonl",
                                         test::pack_rows(4, 400));
                      }),
              ElementsAre("qwen3_tied (seed_only)"));
}

TEST(BaselineCellsTest, IdsDoNotChangeWithHowAServerIsReached) {
  const Ids before = ids([](FullRun&) {});
  EXPECT_THAT(changed(before,
                      [](FullRun& run) {
                        run.manifest.teacher->api_key_env = "KEY";
                        run.manifest.teacher->base_url += "/";
                        run.manifest.teacher->concurrency = 2;
                        run.manifest.teacher->retries = 0;
                        run.manifest.teacher->temperature = 0.1;  // it is scored at 0
                        run.manifest.teacher->input_price = 3;
                        run.manifest.teacher->margin = 0.1;
                      }),
              IsEmpty());
}

TEST(BaselineCellsTest, TheJudgeIsPartOfTheIdOnlyWhereOneIsAsked) {
  const std::vector<std::function<void(JudgeOptions&)>> changes = {
      [](JudgeOptions& judge) { judge.server.model = "other"; },
      [](JudgeOptions& judge) { judge.server.base_url += "/2"; },
      [](JudgeOptions& judge) { judge.server.temperature = 0.25; },
      [](JudgeOptions& judge) { judge.repeats = 3; },
      [](JudgeOptions& judge) { judge.server.extra_body["top_p"] = 0.5; }};
  const Ids plain = ids([](FullRun&) {});
  const Ids judged = ids([](FullRun& run) { run.judge_task(); });
  for (const auto& change : changes) {
    EXPECT_THAT(changed(plain, [&](FullRun& run) { change(*run.manifest.judge); }), IsEmpty());
    EXPECT_EQ(changed(judged,
                      [&](FullRun& run) {
                        run.judge_task();
                        change(*run.manifest.judge);
                      })
                  .size(),
              5u);
  }
}

// Runs of before there was any of this go on.
TEST(BaselineCellsTest, ModelsKeepTheirIds) {
  const Ids with = ids([](FullRun&) {});
  const Ids without = ids([](FullRun& run) {
    run.manifest.teacher.reset();
    run.manifest.judge.reset();
    run.manifest.baselines = {};
  });
  EXPECT_EQ(without.at("qwen3_tied"), with.at("qwen3_tied"));
}

}  // namespace
}  // namespace tuneval
