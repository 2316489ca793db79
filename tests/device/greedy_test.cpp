// Greedy answers of the device. In float32 they are the CPU's, but where two tokens all but tie:
// there rounding decides, and the answers go on differently.
#include "tests/parity/greedy.h"
#include "framework/generate/choice.h"
#include "framework/generate/generate.h"
#include "tests/device/device.h"

#include <algorithm>

namespace tuneval::test {
namespace {

constexpr int64_t kMostTokens = 20;

class GreedyOnDevice : public OnDevice {
 protected:
  void SetUp() override {
    OnDevice::SetUp();
    if (IsSkipped()) return;
    end_at(device, {});
    end_at(cpu, {});
  }
  static Generated answers(const LoadedModel& model, int64_t batch_size) {
    GenerateOptions options;
    options.decoding.max_new_tokens = kMostTokens;
    options.batch_size = batch_size;
    return generate(model, greedy_prompts(), options);
  }
  /// Whether the tokens that two answers differ in first are a near tie behind what they share.
  bool parts_at_a_near_tie(const std::vector<int64_t>& prompt, const std::vector<int64_t>& found,
                           const std::vector<int64_t>& expected) const {
    const auto [a, b] = std::mismatch(found.begin(), found.end(), expected.begin());
    const auto row = joined(prompt, {expected.begin(), b});
    const at::Tensor logits = logits_of(*cpu.lm, {row}).front()[int64_t(row.size()) - 1];
    const double lead = (logits[*a] - logits[*b]).abs().item<double>();
    return lead <= kNearTie * logits.abs().max().item<double>();
  }
};

TEST_P(GreedyOnDevice, AnswersAreTheCpusButForNearTies) {
  const TokenRows prompts = greedy_prompts();
  const Generated expected = answers(cpu, 8);
  for (const int64_t batch_size : {1, 8, 64}) {
    const Generated found = answers(device, batch_size);
    ASSERT_EQ(found.completions.size(), prompts.size());
    size_t ties = 0;
    for (size_t i = 0; i < prompts.size(); ++i) {
      const auto &a = found.completions[i].ids, &b = expected.completions[i].ids;
      ASSERT_EQ(int64_t(a.size()), kMostTokens);
      EXPECT_TRUE(std::ranges::all_of(a, [](int64_t id) { return id >= 0; }));
      if (dtype() != "float32" || a == b) continue;
      EXPECT_TRUE(parts_at_a_near_tie(prompts[i], a, b)) << batch_size << " at once, prompt " << i;
      ++ties;
    }
    EXPECT_LE(10 * ties, prompts.size()) << batch_size << " at once";
  }
}

INSTANTIATE_TEST_SUITE_P(Models, GreedyOnDevice,
                         testing::Combine(testing::Values("qwen3_tied", "llama_bias",
                                                          "gemma3_window", "lfm2_types"),
                                          device_formats()),
                         on_device_name);

}  // namespace
}  // namespace tuneval::test
