// A whole run on the device, by the program.
#include "framework/record/store.h"
#include "tests/device/device.h"
#include "tests/end_to_end/program.h"

#include <fmt/format.h>

namespace tuneval::testing {
namespace {

class RunOnDevice : public ProgramTest {
 protected:
  void SetUp() override {
    TUNEVAL_NEEDS_DEVICE();
    ProgramTest::SetUp();
  }
  /// One tiny model of each family, on a pack whose answers are ranked and on one of tool calls.
  std::string manifest() const {
    std::string text =
        fmt::format("[run]\noutput = \"out\"\ndevice = \"{}\"\n", test::test_device());
    for (const char* model : {"qwen3", "llama", "gemma3", "lfm2"}) {
      text += fmt::format("[[models]]\npath = \"{}/models/tiny-{}\"\n", TUNEVAL_SOURCE_DIR, model);
    }
    text += fmt::format(R"(
[[tasks]]
pack = "{0}/packs/ticket_urgency"
train_limit = 24
test_limit = 12
[[tasks]]
pack = "{0}/packs/smart_home"
train_limit = 16
test_limit = 6
[tuning]
epochs = 2
batch_size = 8
rank = 4
alpha = 8
learning_rate = 1e-3
)",
                        TUNEVAL_SOURCE_DIR);
    write_file(folder_ / "run.toml", text);
    return (folder_ / "run.toml").string();
  }
};

TEST_F(RunOnDevice, EveryCellIsDoneAndSaysWhereItRan) {
  const Outcome outcome = tuneval({"run", manifest(), "--quiet"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto records = RecordStore(folder_ / "out").read_all().records;
  ASSERT_EQ(records.size(), 8U);
  const bool gpu = test::test_device() != "cpu";
  for (const CellRecord& record : records) {
    SCOPED_TRACE(record.model.name + " on " + record.task.name);
    EXPECT_TRUE(record.done());
    EXPECT_EQ(record.device, test::test_device());
    EXPECT_EQ(record.dtype, gpu ? "bfloat16" : "float32");
    ASSERT_TRUE(record.base && record.tune && record.tuned && record.parity);
    EXPECT_EQ(record.parity->order_independent, !gpu);
    EXPECT_TRUE(record.parity->logits);
    EXPECT_EQ(int64_t(record.tune->curve.size()), record.tune->steps);
    EXPECT_TRUE(std::filesystem::exists(folder_ / "out" / record.tune->adapter));
  }
}

TEST_F(RunOnDevice, GenerateAnswers) {
  const Outcome outcome =
      tuneval({"generate", std::string(TUNEVAL_SOURCE_DIR) + "/models/tiny-llama", "--device",
               test::test_device(), "--prompt", "Turn the lights on."});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
}

}  // namespace
}  // namespace tuneval::testing
