// Logits of every fixture model against those of transformers.
#include "framework/conformance/oracle.h"
#include "framework/model/mapped_file.h"
#include "tests/support/folder.h"
#include "tests/support/toy_models.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

namespace tuneval::test {
namespace {

namespace fs = std::filesystem;

/// Of the largest logit: float32 sums of some dozen terms in another order.
constexpr double kForwardTolerance = 1e-5;

class LogitsParity : public testing::TestWithParam<std::string> {
 protected:
  fs::path folder() const { return fixture("models") / GetParam(); }
  fs::path oracle() const { return fixture(GetParam() + ".logits.safetensors"); }
};

// bfloat16 and float16 weights are exact in float32, in which the oracle computes too: the same
// tolerance holds for them.
TEST_P(LogitsParity, EqualsTransformersInFloat32) {
  const OracleResult result = compare_with_oracle(folder(), oracle(), all_plugins());
  RecordProperty("largest_relative", std::to_string(result.largest_relative * 1e6) + "e-6");
  EXPECT_LT(result.largest_relative, kForwardTolerance)
      << "row " << result.row << ", time " << result.time << ", token " << result.token << ": "
      << result.found << " in place of " << result.expected;
  EXPECT_EQ(result.same_choice, result.tokens);
  EXPECT_GT(result.scale, 5.0);
  EXPECT_GE(result.rows, 4);
}

TEST_P(LogitsParity, ConfigOfTransformers4GivesTheSameBits) {
  LoadedModel model = open_toy(GetParam());
  TempFolder copy;
  write_toy(GetParam(), copy.path());
  fs::copy_file(folder() / "config.transformers4.json", copy.path() / "config.json",
                fs::copy_options::overwrite_existing);
  ASSERT_NE(read_text(copy.path() / "config.json"), read_text(folder() / "config.json"));
  const LoadedModel older = load_model(all_plugins(), copy.path(), {});
  const auto rows = rows_of(MappedSafetensors(oracle()).tensor("input_ids"));
  const auto expected = logits_of(*model.lm, rows), found = logits_of(*older.lm, rows);
  for (size_t row = 0; row < rows.size(); ++row) EXPECT_TRUE(at::equal(found[row], expected[row]));
}

// What a GPU or a CPU with native bfloat16 would run: eight bits of mantissa, through two to four
// layers. LFM2's gates multiply three roundings; transformers' own bfloat16 is as far off.
TEST_P(LogitsParity, Bfloat16IsNear) {
  const OracleResult result =
      compare_with_oracle(folder(), oracle(), all_plugins(), "cpu", "bfloat16");
  RecordProperty("largest_relative", std::to_string(result.largest_relative));
  EXPECT_LT(result.largest_relative, GetParam().starts_with("lfm2") ? 0.1 : 0.06);
  EXPECT_GT(result.largest_relative, 1e-4);  // it was bfloat16 indeed
}

INSTANTIATE_TEST_SUITE_P(Models, LogitsParity, testing::ValuesIn(fixture_models()),
                         [](const auto& one) { return one.param; });

TEST(ShardedParity, ShardsAndOneFileGiveTheSameBits) {
  const TokenRows rows = {random_ids(20, 1), random_ids(9, 2)};
  const auto whole = logits_of(*open_toy("qwen3_untied").lm, rows);
  const auto sharded = logits_of(*open_toy("qwen3_untied_sharded").lm, rows);
  for (size_t row = 0; row < rows.size(); ++row) EXPECT_TRUE(at::equal(whole[row], sharded[row]));
}

}  // namespace
}  // namespace tuneval::test
