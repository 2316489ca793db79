// Rows that a teacher writes, through faults and kills.
#include "tests/end_to_end/program.h"
#include "tests/support/scripted_rows.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <map>
#include <mutex>
#include <thread>

namespace tuneval::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using Json = nlohmann::ordered_json;

constexpr int64_t kConcurrency = 8;

/// 4 rows an answer; one request in five fails at first, one in nine for good.
const nlohmann::json kScript = {{"mode", "echo_rows"},
                                {"rows", 4},
                                {"delay", 0.01},
                                {"faults",
                                 {{"429", 0.15},
                                  {"503", 0.02},
                                  {"breaks_off", 0.03},
                                  {"truncated", 0.03},
                                  {"says_nothing", 0.02},
                                  {"no_choice", 0.02},
                                  {"filtered", 0.02},
                                  {"cut_off", 0.02}}}};

class SynthRunTest : public ProgramTest {
 protected:
  SynthRunTest()
      : server_(test::script_from(kScript),
                [this](const test::ScriptedTeacher::Seen& request, const test::TeacherStep& step) {
                  const std::lock_guard lock(mutex_);
                  if (step.paid) ++paid_[request.body];
                }) {}

  std::vector<std::string> command(const std::string& output) {
    const fs::path manifest = folder_ / "run.toml";
    write_file(manifest, fmt::format(R"(
[[models]]
path = "{0}/models/tiny-qwen3"
[[tasks]]
pack = "{0}/packs/ticket_urgency"
[teacher]
base_url = "{1}"
model = "scripted"
concurrency = {2}
input_price = 0.5
output_price = 2.0
)",
                                     TUNEVAL_SOURCE_DIR, server_.base_url(), kConcurrency));
    return {"synth",
            std::string(TUNEVAL_SOURCE_DIR) + "/packs/ticket_urgency",
            "--quiet",
            "--manifest",
            manifest.string(),
            "--examples",
            "500",
            "--seeds",
            "40",
            "--to",
            (folder_ / output).string()};
  }

  /// Files of answers that were kept.
  std::vector<fs::path> kept(const std::string& output) const {
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto& part : fs::directory_iterator(folder_ / output / ".cache", error)) {
      for (const auto& entry : fs::directory_iterator(part.path(), error)) {
        if (entry.path().extension() == ".json") files.push_back(entry.path());
      }
    }
    return files;
  }
  /// Tunes a model on the rows that were made, shortly, and has it compared with their teacher.
  void tune_on(const std::string& output) {
    const fs::path manifest = folder_ / "tune.toml";
    write_file(manifest, fmt::format(R"(
[run]
output = "students"
[[models]]
path = "{0}/models/tiny-qwen3"
[[tasks]]
pack = "{1}"
train_limit = 32
test_limit = 12
[teacher]
base_url = "{2}"
model = "scripted"
[tuning]
epochs = 1
batch_size = 8
rank = 4
)",
                                     TUNEVAL_SOURCE_DIR, output, server_.base_url()));
    const Outcome run = tuneval({"run", manifest.string()});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    EXPECT_THAT(read_file(folder_ / "students/report.md"),
                HasSubstr("Students against the teacher"));
    int64_t tuned = 0;
    for (const auto& file : fs::directory_iterator(folder_ / "students/records")) {
      const Json record = Json::parse(read_file(file.path()));
      EXPECT_EQ(record.at("status"), "done") << record.dump(1);
      tuned += record.value("kind", "model") == "model" && record.contains("tuned");
    }
    EXPECT_EQ(tuned, 1);
  }
  std::map<std::string, int64_t> paid() {
    const std::lock_guard lock(mutex_);
    return paid_;
  }
  Json state(const std::string& output) const {
    return Json::parse(read_file(folder_ / output / "synth.json"));
  }

 private:
  std::mutex mutex_;
  std::map<std::string, int64_t> paid_;  // by request body

 protected:
  test::ScriptedTeacher server_;
};

/// How often each answer had been paid when it was seen to be kept.
struct Kept {
  std::map<std::string, int64_t> paid;
};

TEST_F(SynthRunTest, KilledThreeTimesItPaysForNoAnswerTwiceAndEndsAsUndisturbed) {
  std::vector<Kept> snapshots;
  for (const size_t answers : {10u, 50u, 90u}) {
    ASSERT_TRUE(
        tuneval_killed_when(command("killed"), [&] { return kept("killed").size() >= answers; }))
        << "it ended before " << answers << " answers were kept";
    EXPECT_EQ(state("killed")["complete"], false);
    EXPECT_FALSE(fs::exists(folder_ / "killed/pack.toml"));
    // What was under way is answered by the server and kept by nobody.
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    std::map<std::string, int64_t> now = paid();
    Kept& snapshot = snapshots.emplace_back();
    for (const fs::path& file : kept("killed")) {
      const auto body = Json::parse(read_file(file)).at("request").get<std::string>();
      ASSERT_GE(now[body], 1) << "kept, but not paid: " << body;
      snapshot.paid[body] = now[body];
    }
  }
  const Outcome resumed = tuneval(command("killed"));
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(state("killed")["complete"], true);

  std::map<std::string, int64_t> now = paid();
  for (const Kept& snapshot : snapshots) {
    EXPECT_GE(snapshot.paid.size(), 10u);
    for (const auto& [body, times] : snapshot.paid) EXPECT_EQ(now[body], times) << body;
  }
  int64_t lost = 0;  // answers that came too late for a process that was killed
  for (const auto& [body, times] : now) lost += times - 1;
  EXPECT_LE(lost, 3 * kConcurrency);

  const Outcome undisturbed = tuneval(command("whole"));
  ASSERT_EQ(undisturbed.exit_code, 0) << undisturbed.err;
  for (const char* file : {"pack.toml", "train.jsonl", "test.jsonl", "seed.jsonl",
                           "provenance.jsonl", "rejected.jsonl", "synth.json", "synth.md"}) {
    EXPECT_EQ(read_file(folder_ / "killed" / file), read_file(folder_ / "whole" / file)) << file;
  }

  const Json report = state("killed");
  EXPECT_EQ(report["rows"]["accepted"], 500);
  EXPECT_GT(report["cost"].get<double>(), 0.0);
  for (const char* outcome : {"answered", "malformed", "empty", "filtered", "cut off"}) {
    EXPECT_TRUE(report["replies"].contains(outcome)) << outcome << " in " << report["replies"];
  }
  const Outcome checked = tuneval({"pack", "check", (folder_ / "killed").string()});
  EXPECT_EQ(checked.exit_code, 0) << checked.out;

  // A folder that is complete asks nothing.
  const int64_t asked = int64_t(server_.seen().size());
  EXPECT_EQ(tuneval(command("killed")).exit_code, 0);
  EXPECT_EQ(int64_t(server_.seen().size()), asked);

  tune_on("killed");
}

TEST_F(SynthRunTest, WithoutATeacherNothingStarts) {
  std::vector<std::string> arguments = command("out");
  write_file(folder_ / "run.toml",
             fmt::format("[[models]]\npath = \"{0}/models/tiny-qwen3\"\n[[tasks]]\npack = "
                         "\"{0}/packs/ticket_urgency\"\n",
                         TUNEVAL_SOURCE_DIR));
  const Outcome outcome = tuneval(arguments);
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("run.toml: has no [teacher]: expected one with base_url"));
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

}  // namespace
}  // namespace tuneval::testing
