// What the person who runs it sees of a run folder, and how it is cleaned.
#include "framework/record/store.h"
#include "tests/end_to_end/program.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <string>

namespace tuneval::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

class StatusTest : public ProgramTest {
 protected:
  fs::path manifest(int epochs = 1) {
    const fs::path file = folder_ / "run.toml";
    write_file(file, fmt::format(R"(
[run]
output = "out"
[[models]]
path = "{0}/models/tiny-qwen3"
[[tasks]]
pack = "{0}/packs/ticket_urgency"
train_limit = 16
test_limit = 8
[tuning]
epochs = {1}
batch_size = 8
rank = 4
learning_rate = 1e-3
)",
                                 TUNEVAL_SOURCE_DIR, epochs));
    return file;
  }
  void run(int epochs = 1) {
    const Outcome outcome = tuneval({"run", manifest(epochs).string(), "--quiet"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  }
  std::string out() const { return (folder_ / "out").string(); }
  CellRecord record() const { return RecordStore(out()).read_all().records.at(0); }
  Json status() const { return Json::parse(tuneval({"status", out(), "--json"}).out); }
};

TEST_F(StatusTest, PlansTellMemoryDiskAndTime) {
  const Outcome outcome = tuneval({"plan", manifest().string()});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("memory"), HasSubstr("Estimated: "),
                                 HasSubstr("GFLOP/s"), HasSubstr("of memory at most")));
}

TEST_F(StatusTest, ADoneRunIsDoneUntilSomethingIsChanged) {
  run();
  const Outcome done = tuneval({"status", out()});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("1 cells: 1 done\n"));
  EXPECT_EQ(tuneval({"status", out(), "--verify"}).exit_code, 0);
  EXPECT_GT(status()["estimates"][0]["estimated_bytes"], 0);
  const fs::path predictions = RecordStore(out()).predictions_path(record().id, Stage::tuned);
  std::ofstream(predictions, std::ios::app) << "{}\n";
  const Outcome torn = tuneval({"status", out()});
  EXPECT_EQ(torn.exit_code, 1);
  EXPECT_THAT(torn.out, HasSubstr("damaged  tiny-qwen3"));
  run();  // its cell again
  EXPECT_EQ(tuneval({"status", out(), "--verify"}).exit_code, 0);
}

TEST_F(StatusTest, AnEditedRecordIsNamedAndItsCellRunsAgain) {
  run();
  const fs::path file = RecordStore(out()).record_path(record().id);
  const std::string before = read_file(file);
  std::string text = before;
  const size_t at = text.find("\"parsed\": ");
  ASSERT_NE(at, std::string::npos);
  write_file(file, text.insert(at + 10, "9"));
  EXPECT_EQ(status()["counts"]["damaged"], 1);
  const Outcome again = tuneval({"run", manifest().string()});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.out + again.err, HasSubstr("\"checksum\" is sha256:"));
  EXPECT_EQ(status()["counts"]["done"], 1);
}

TEST_F(StatusTest, WhatAChangedManifestLeavesBehindIsStaleAndCanBeCleaned) {
  run(1);
  const std::string first = record().id;
  run(2);
  const Json stale = status();
  EXPECT_EQ(stale["counts"]["stale"], 1);
  EXPECT_EQ(stale["stale"][0]["id"], first);
  const Outcome nobody = tuneval_reading("/dev/null", {"clean", out()});
  EXPECT_EQ(nobody.exit_code, 2);
  EXPECT_THAT(nobody.err, HasSubstr("--yes"));
  const Outcome dry = tuneval({"clean", out(), "--dry-run"});
  EXPECT_EQ(dry.exit_code, 0) << dry.err;
  EXPECT_THAT(dry.out, AllOf(HasSubstr("records/" + first + ".json: of no cell of the plan"),
                             HasSubstr("adapters/" + first), HasSubstr("would remove")));
  EXPECT_TRUE(fs::exists(RecordStore(out()).record_path(first)));
  EXPECT_EQ(tuneval({"clean", out(), "--yes"}).exit_code, 0);
  EXPECT_FALSE(fs::exists(RecordStore(out()).record_path(first)));
  EXPECT_FALSE(fs::exists(RecordStore(out()).adapter_path(first)));
  EXPECT_EQ(status()["counts"]["stale"], 0);
  EXPECT_EQ(tuneval({"status", out(), "--verify", "--quiet"}).exit_code, 0);
  EXPECT_THAT(tuneval({"clean", out()}).out, HasSubstr("there is nothing"));
}

TEST_F(StatusTest, WhatIsLeftHasAnExitCodeOfItsOwn) {
  run();
  fs::remove(RecordStore(out()).record_path(record().id));
  const Outcome left = tuneval({"status", out()});
  EXPECT_EQ(left.exit_code, 4);
  EXPECT_THAT(left.out, HasSubstr("1 cells: 1 left"));
  const Outcome none = tuneval({"status", folder_.string()});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_THAT(none.err, HasSubstr("is no run folder"));
}

}  // namespace
}  // namespace tuneval::testing
