// The manifests of examples/ are what a runner starts from: with our own models and packs they must
// plan as they stand.
#include "tests/end_to_end/program.h"

#include <gmock/gmock.h>

namespace tuneval::testing {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

TEST(ExamplesTest, ManifestsOfOurOwnModelsAndPacksPlan) {
  for (const char* name : {"quickstart.toml", "benchmark.toml"}) {
    const fs::path file = fs::path(TUNEVAL_SOURCE_DIR) / "examples" / name;
    const Outcome outcome = tuneval({"plan", file.string(), "--quiet"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.out, "") << name;
  }
}

// Its weights and data are not ours to bring: its keys are right, and what is missing is named.
TEST(ExamplesTest, TheBenchmarksOwnManifestLacksFoldersAtMost) {
  const fs::path file = fs::path(TUNEVAL_SOURCE_DIR) / "examples/distil.toml";
  const Outcome outcome = tuneval({"plan", file.string()});
  if (outcome.exit_code != 0) {
    EXPECT_THAT(outcome.err, HasSubstr("no such folder"));
  }
  const std::string text = read_file(file);
  const auto tables = [&](const std::string& header) {
    int count = 0;
    for (size_t at = text.find(header); at != std::string::npos; at = text.find(header, at + 1)) {
      count += at == 0 || text[at - 1] == '\n';
    }
    return count;
  };
  EXPECT_EQ(tables("[[models]]"), 15);
  EXPECT_EQ(tables("[[tasks]]"), 9);
}

}  // namespace
}  // namespace tuneval::testing
