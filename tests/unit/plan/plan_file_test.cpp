#include "framework/plan/plan_file.h"

#include "tests/support/toy_run.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class PlanFileTest : public testing::Test {
 protected:
  PlanFileTest() {
    run.add_model("qwen3_tied");
    run.add_task("colours");
    run.add_seed("colours", 4);
    run.manifest.baselines = {"majority", "seed_only"};
    run.manifest.learning_rates = {1e-4};
    run.manifest.file = "run.toml";
    plan = make_plan(run.manifest, test::all_plugins());
  }
  test::ToyRun run;
  Plan plan;
  const fs::path file = plan_file_path(run.folder.path());
};

TEST_F(PlanFileTest, IsReadAsItWasWritten) {
  const PlanFile written = plan_file_of(plan, {"tuning.epochs=2"}, {"plugins/mine.so"});
  write_plan_file(file, written);
  EXPECT_EQ(file.filename(), "plan.json");
  const PlanFile found = read_plan_file(file);
  EXPECT_EQ(found.manifest, fs::absolute("run.toml"));
  EXPECT_EQ(found.set, written.set);
  EXPECT_EQ(found.output, run.manifest.output);
  ASSERT_EQ(found.plugins.size(), 1U);
  EXPECT_TRUE(fs::path(found.plugins[0]).is_absolute());
  EXPECT_FALSE(found.tuneval.empty());
  ASSERT_EQ(found.cells.size(), plan.cells.size());
  for (size_t i = 0; i < plan.cells.size(); ++i) {
    const Cell& cell = plan.cells[i];
    const PlanFileCell& one = found.cells[i];
    EXPECT_EQ(one.id, cell.id);
    EXPECT_EQ(one.kind, cell.kind);
    EXPECT_EQ(one.model, cell.name);
    EXPECT_EQ(one.task, "colours");
    EXPECT_EQ(one.title, cell.title());
    EXPECT_EQ(one.seed, cell.seed);
    EXPECT_EQ(one.learning_rate, cell.learning_rate);
    EXPECT_EQ(one.estimate.flops, cell.estimate.flops);
    EXPECT_EQ(one.estimate.peak_memory_bytes, cell.estimate.peak_memory_bytes);
    EXPECT_EQ(one.estimate.disk_bytes, cell.estimate.disk_bytes);
    EXPECT_EQ(found.find(cell.id), &one);
  }
  EXPECT_EQ(found.find("nobody"), nullptr);
}

TEST_F(PlanFileTest, SaysWhatIsWrongWithOne) {
  write_plan_file(file, plan_file_of(plan, {}, {}));
  const std::string whole = test::read_text(file);
  const auto refused = [&](const std::string& from, const std::string& to) {
    std::string text = whole;
    text.replace(text.find(from), from.size(), to);
    test::write_text(file, text);
    return test::message_of<RecordError>([&] { read_plan_file(file); });
  };
  EXPECT_THAT(refused("\"schema_version\": 1", "\"schema_version\": 9"),
              HasSubstr("\"schema_version\" is 9: this program reads 1"));
  EXPECT_THAT(refused("\"kind\": \"majority\"", "\"kind\": \"best\""), HasSubstr("\"best\""));
  EXPECT_THAT(refused("\"seed\"", "\"need\""), HasSubstr("seed\" is missing"));
  test::write_text(file, whole.substr(0, whole.size() / 2));
  EXPECT_THAT(test::message_of<RecordError>([&] { read_plan_file(file); }),
              HasSubstr(file.string()));
}

}  // namespace
}  // namespace tuneval
