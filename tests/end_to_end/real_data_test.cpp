// Real input: a public checkpoint and the Banking77 data.
#include "framework/record/store.h"
#include "tests/end_to_end/program.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>

namespace tuneval::testing {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

class RealDataTest : public ProgramTest {};

TEST_F(RealDataTest, Stories260KTellsItsPublishedStory) {
  TUNEVAL_NEEDS_SHARED_DATA();
  const fs::path checkpoints = shared_data() / "checkpoints";
  const Outcome outcome = tuneval({"generate", (checkpoints / "stories260K-hf").string(), "--raw",
                                   "--prompt", "", "--max-tokens", "200"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, read_file(checkpoints / "stories260K/expected_greedy_200.txt"));
}

TEST_F(RealDataTest, Banking77ImportsChecksPlansAndRuns) {
  TUNEVAL_NEEDS_SHARED_DATA();
  const std::string pack = (folder_ / "banking77").string();
  const Outcome import =
      tuneval({"import", "banking77", (shared_data() / "banking77").string(), "--to", pack});
  ASSERT_EQ(import.exit_code, 0) << import.err;
  const Outcome check = tuneval({"pack", "check", pack});
  EXPECT_EQ(check.exit_code, 0) << check.out;
  EXPECT_THAT(check.out, HasSubstr("0 errors"));
  write_file(folder_ / "run.toml", fmt::format(R"(
[run]
output = "out"
[[models]]
path = "{}/models/tiny-llama"
[[tasks]]
pack = "banking77"
train_limit = 16
test_limit = 8
[tuning]
epochs = 1
batch_size = 8
rank = 4
)",
                                               TUNEVAL_SOURCE_DIR));
  const Outcome run = tuneval({"run", (folder_ / "run.toml").string()});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto records = RecordStore(folder_ / "out").read_all().records;
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].task.licence, "CC-BY-4.0");
  // 77 classes stand in every prompt: computed once, they are nearly all of it.
  EXPECT_LT(records[0].base->computed_tokens * 4, records[0].base->prompt_tokens);
}

}  // namespace
}  // namespace tuneval::testing
