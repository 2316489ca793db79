// The comparison with an oracle, and a family held against a checkpoint, on the parity fixtures.
#include "framework/conformance/oracle.h"
#include "framework/conformance/conformance.h"
#include "framework/loader/loader.h"
#include "framework/text/safetensors.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::ThrowsMessage;
using Status = CheckResult::Status;

fs::path plugin(const std::string& name) { return fs::path(TUNEVAL_PLUGIN_DIR) / (name + ".so"); }
fs::path fixture(const std::string& name) {
  return fs::path(TUNEVAL_SOURCE_DIR) / "tests" / "parity" / "fixtures" / name;
}

Registry families() {
  const std::vector<fs::path> files = {plugin("llama"), plugin("qwen3")};
  return load_plugins(files);
}

TEST(Oracle, EqualModelIsWithinRounding) {
  const Registry registry = families();
  for (const char* name : {"llama_smol", "qwen3_tied"}) {
    const OracleResult result = compare_with_oracle(
        fixture("models") / name, fixture(std::string(name) + ".logits.safetensors"), registry);
    EXPECT_LT(result.largest_relative, 1e-4) << name;
    EXPECT_GT(result.rows, 1);
    EXPECT_GT(result.scale, 0);
    EXPECT_EQ(result.same_choice, result.tokens) << name;
  }
}

TEST(Oracle, AnotherModelIsFound) {
  const OracleResult result = compare_with_oracle(
      fixture("models") / "qwen3_tied", fixture("qwen3_bias.logits.safetensors"), families());
  EXPECT_GT(result.largest_relative, 0.01);
  EXPECT_LT(result.same_choice, result.tokens);
  EXPECT_NEAR(std::abs(result.found - result.expected), result.largest_absolute, 1e-6);
}

TEST(Oracle, FileOfAnotherFormIsRefused) {
  EXPECT_THAT(
      [] {
        compare_with_oracle(fixture("models") / "qwen3_tied",
                            fixture("models") / "qwen3_tied" / "model.safetensors", families());
      },
      ThrowsMessage<CheckpointError>(HasSubstr("input_ids")));
}

TEST(Oracle, RowsOutsideTheVocabularyAreRefused) {
  const fs::path file = fs::path(testing::TempDir()) / "far.safetensors";
  const std::vector<int64_t> ids = {1, 7};
  const std::vector<float> logits(2 * 4, 0.0F);
  const std::vector<TensorToWrite> tensors = {{"input_ids", "I64", {1, 2}, ids.data()},
                                              {"logits", "F32", {1, 2, 4}, logits.data()}};
  write_safetensors(file, tensors);
  EXPECT_THAT([&] { compare_with_oracle(fixture("models") / "qwen3_tied", file, families()); },
              ThrowsMessage<CheckpointError>(HasSubstr("row 0 of \"input_ids\" holds 7")));
}

CheckResult checkpoint_check(const std::string& family, const fs::path& model) {
  CheckOptions options;
  options.model = model;
  for (const CheckResult& result : check_plugin(plugin(family), options)) {
    if (result.name == "checkpoint-names-and-shapes-match") return result;
  }
  return {};
}

TEST(CheckpointCheck, FixturesMatch) {
  for (const char* name : {"qwen3_tied", "qwen3_untied_sharded", "qwen3_tied_bfloat16"}) {
    const CheckResult result = checkpoint_check("qwen3", fixture("models") / name);
    EXPECT_EQ(result.status, Status::passed) << name << ": " << result.seen;
  }
}

TEST(CheckpointCheck, OtherFamilyIsSkippedAndOtherShapesFail) {
  EXPECT_EQ(checkpoint_check("llama", fixture("models") / "qwen3_tied").status, Status::skipped);
  EXPECT_EQ(checkpoint_check("llama", "").status, Status::skipped);

  const fs::path folder = fs::path(testing::TempDir()) / "other_shapes";
  fs::remove_all(folder);
  fs::create_directories(folder);
  fs::copy_file(fixture("models") / "qwen3_bias" / "model.safetensors",
                folder / "model.safetensors");
  fs::copy_file(fixture("models") / "qwen3_tied" / "config.json", folder / "config.json");
  const CheckResult result = checkpoint_check("qwen3", folder);
  EXPECT_EQ(result.status, Status::failed);
  EXPECT_THAT(result.seen, HasSubstr("weights do not fit config.json"));
}

}  // namespace
}  // namespace tuneval
