// A run that is killed and started again ends as one that was not.
#include "framework/record/store.h"
#include "tests/end_to_end/program.h"

#include <fmt/format.h>

#include <csignal>
#include <cstdlib>

namespace tuneval::testing {
namespace {

namespace fs = std::filesystem;

class ResumeTest : public ProgramTest {
 protected:
  fs::path manifest() {
    const fs::path file = folder_ / "run.toml";
    write_file(file, fmt::format(R"(
[[models]]
path = "{0}/models/tiny-qwen3"
[[tasks]]
pack = "{0}/packs/ticket_urgency"
train_limit = 80
test_limit = 16
[tuning]
epochs = 3
batch_size = 4
rank = 4
dropout = 0.1
learning_rate = 1e-3
checkpoint_steps = 2
)",
                                 TUNEVAL_SOURCE_DIR));
    return file;
  }

  std::vector<std::string> command(const std::string& output) {
    return {"run", manifest().string(), "--quiet", "--output", (folder_ / output).string()};
  }
};

/// Whether some checkpoint of step `step` or later is there.
bool has_checkpoint(const fs::path& output, int64_t step) {
  std::error_code error;
  for (const auto& cell : fs::directory_iterator(output / "checkpoints", error)) {
    for (const auto& entry : fs::directory_iterator(cell.path(), error)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with("step-") && std::atoll(name.c_str() + 5) >= step) return true;
    }
  }
  return false;
}

/// A record without what differs from run to run: times, memory and energy.
CellRecord without_times(CellRecord record) {
  record.started = record.finished = "";
  record.seconds = 0;
  record.peak_memory_bytes = 0;
  record.energy_joules.reset();
  for (auto* score : {&record.base, &record.tuned}) {
    if (!*score) continue;
    (*score)->seconds = 0;
    (*score)->energy_joules.reset();
  }
  if (record.tune) {
    record.tune->seconds = 0;
    record.tune->energy_joules.reset();
  }
  return record;
}

/// Compares the records of two runs, their predictions and their adapters, to the bit.
void expect_same_run(const fs::path& found, const fs::path& expected) {
  const auto records = RecordStore(expected).read_all().records;
  ASSERT_EQ(records.size(), 1U);
  const CellRecord& one = records[0];
  EXPECT_EQ(to_json(without_times(RecordStore(found).read(one.id))).dump(2),
            to_json(without_times(one)).dump(2));
  for (const char* stage : {"base", "tuned"}) {
    const std::string file = fmt::format("predictions/{}.{}.jsonl", one.id, stage);
    EXPECT_EQ(read_file(found / file), read_file(expected / file));
  }
  const std::string adapter = one.tune->adapter + "/adapter_model.safetensors";
  EXPECT_EQ(read_file(found / adapter), read_file(expected / adapter)) << "not the same bits";
}

TEST_F(ResumeTest, KilledInTheMiddleOfTuningItEndsAsUndisturbed) {
  const Outcome undisturbed = tuneval(command("whole"));
  ASSERT_EQ(undisturbed.exit_code, 0) << undisturbed.err;
  for (const int64_t step : {4, 20, 38}) {  // three epochs of 16 steps
    ASSERT_TRUE(tuneval_killed_when(command("killed"),
                                    [&] { return has_checkpoint(folder_ / "killed", step); }))
        << "the run ended before step " << step;
    EXPECT_TRUE(RecordStore(folder_ / "killed").read_all().records.empty());
  }
  const Outcome resumed = tuneval(command("killed"));
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  expect_same_run(folder_ / "killed", folder_ / "whole");
}

TEST_F(ResumeTest, StoppedInTheMiddleOfTuningItSavesAndEndsAsUndisturbed) {
  const Outcome undisturbed = tuneval(command("whole"));
  ASSERT_EQ(undisturbed.exit_code, 0) << undisturbed.err;
  int64_t step = 4;
  for (const int signal : {SIGINT, SIGTERM}) {
    auto arguments = command("stopped");
    std::erase(arguments, "--quiet");
    const auto outcome = tuneval_signalled_when(
        arguments, signal, [&] { return has_checkpoint(folder_ / "stopped", step); });
    ASSERT_TRUE(outcome) << "the run ended before step " << step;
    EXPECT_EQ(outcome->exit_code, 128 + signal) << outcome->err;
    EXPECT_NE(outcome->err.find("Run the same again to go on"), std::string::npos) << outcome->err;
    EXPECT_TRUE(RecordStore(folder_ / "stopped").read_all().records.empty());
    EXPECT_TRUE(has_checkpoint(folder_ / "stopped", step));
    step += 16;
  }
  const Outcome resumed = tuneval(command("stopped"));
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  expect_same_run(folder_ / "stopped", folder_ / "whole");
}

}  // namespace
}  // namespace tuneval::testing
