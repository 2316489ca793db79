// What is made of a run folder: exports, comparisons, the live view. The folders are made of given
// scores, so that no model has to run.
#include "tests/end_to_end/program.h"
#include "tests/support/scored_run.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace tuneval::testing {
namespace {

using test::answers;
using test::ScoredRun;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

TEST(ExportsTest, ReportWritesWhatOtherProgramsRead) {
  const ScoredRun run;
  run.add("small", "topics", answers(10, 40), answers(30, 40));
  const std::string folder = run.store.output().string(), to = folder + "-exports";
  const Outcome outcome =
      tuneval({"report", folder, "--format", "lm-eval,every-eval-ever,junit,mlflow", "--to", to});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(fs::exists(to + "/junit/junit.xml"));
  EXPECT_TRUE(fs::exists(to + "/lm-eval/small-tuned/results_2026-03-16T20-46-16.json"));
  EXPECT_TRUE(fs::is_directory(to + "/every-eval-ever/data/run/local/small-tuned"));
  EXPECT_TRUE(fs::is_directory(to + "/mlflow/mlruns"));
  EXPECT_FALSE(fs::exists(folder + "/report.md")) << "nobody asked for it";
  fs::remove_all(to);
}

TEST(ExportsTest, ReportFailsBelowTheBar) {
  const ScoredRun run;
  run.add("small", "topics", answers(10, 40), answers(30, 40));
  const std::string folder = run.store.output().string();
  EXPECT_EQ(tuneval({"report", folder, "--format", "junit", "--fail-below", "0.7"}).exit_code, 0);
  const Outcome below =
      tuneval({"report", folder, "--format", "junit", "--fail-below", "topics=0.8"});
  EXPECT_EQ(below.exit_code, 1);
  EXPECT_THAT(below.err, HasSubstr("small on topics: accuracy is 0.75: expected at least 0.8"));
  EXPECT_THAT(read_file(folder + "/exports/junit/junit.xml"), HasSubstr("ScoreBelowBar"));
  EXPECT_EQ(tuneval({"report", folder, "--fail-below", "topic=0.8"}).exit_code, 2);
}

TEST(ExportsTest, CompareTellsALossFromNoise) {
  const ScoredRun first, second;
  first.add("small", "topics", answers(10, 40), answers(35, 40));
  second.add("small", "topics", answers(10, 40), answers(15, 40));
  const std::string a = first.store.output().string(), b = second.store.output().string();
  EXPECT_EQ(tuneval({"compare", a, b}).exit_code, 0) << "nobody asked for a bar";
  const Outcome worse = tuneval({"compare", a, b, "--fail-below", "-0.02", "--json"});
  EXPECT_EQ(worse.exit_code, 1) << worse.err;
  const auto json = nlohmann::json::parse(worse.out);
  EXPECT_EQ(json["cells"][0]["paired"]["told"], "worse");
  EXPECT_EQ(tuneval({"compare", b, a, "--fail-below=-0.02"}).exit_code, 0) << "a gain";
  EXPECT_EQ(tuneval({"compare", a, a + "/none"}).exit_code, 2);
  EXPECT_EQ(tuneval({"compare", a, b, "--fail-below", "0.5"}).exit_code, 2);
  EXPECT_THAT(tuneval({"compare", a, b, "--format", "markdown"}).out, HasSubstr("# Comparison"));
}

TEST(ExportsTest, WatchEndsWhereAllIsDone) {
  const ScoredRun run;
  run.add("small", "topics", answers(10, 40), answers(30, 40));
  const Outcome outcome = tuneval({"watch", run.store.output().string()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("1 of 1 done"));
}

}  // namespace
}  // namespace tuneval::testing
