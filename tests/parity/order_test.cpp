// Greedy completions depend on the prompt alone: the same at every batch size, in every order, with
// every budget, whatever is decoded beside them.
#include "framework/generate/generate.h"
#include "tests/parity/greedy.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <span>

namespace tuneval::test {
namespace {

struct Company {
  int64_t batch_size, token_budget, cache_tokens;
  bool lookup;
};

constexpr Company kCompanies[] = {
    {64, 2048, 32768, false}, {7, 50, 90, true},      {2, 2048, 32768, true},
    {3, 1, 32768, false},     {64, 300, 32768, true}, {64, 2048, 400, false},
};

class GreedyOrder : public testing::TestWithParam<std::string> {
 protected:
  /// Completions of the prompts with nothing beside them, then in company: they have to be equal.
  Generated expect_equal(const LoadedModel& model, const TokenRows& prompts, int64_t most,
                         std::span<const Company> companies) const {
    GenerateOptions options;
    options.decoding.max_new_tokens = most;
    options.batch_size = 1;
    options.lookup = false;
    TokenRows alone;
    Generated first;
    for (const auto& prompt : prompts) {
      const Generated made = generate(model, TokenRows{prompt}, options);
      alone.push_back(made.completions.at(0).ids);
      first.new_tokens += made.new_tokens;
      first.arbitrated += made.arbitrated;
    }
    std::mt19937_64 random(17);
    for (const Company& company : companies) {
      options.batch_size = company.batch_size;
      options.token_budget = company.token_budget;
      options.cache_tokens = company.cache_tokens;
      options.lookup = company.lookup;
      std::vector<size_t> order(prompts.size());
      std::iota(order.begin(), order.end(), size_t(0));
      std::shuffle(order.begin(), order.end(), random);
      // All of them, and half: another half is other company.
      for (const size_t count : {order.size(), order.size() / 2}) {
        TokenRows some;
        for (size_t i = 0; i < count; ++i) some.push_back(prompts[order[i]]);
        const Generated made = generate(model, some, options);
        for (size_t i = 0; i < count; ++i) {
          EXPECT_EQ(made.completions[i].ids, alone[order[i]])
              << "prompt " << order[i] << ", " << company.batch_size << " at once";
        }
      }
    }
    return first;
  }
};

TEST_P(GreedyOrder, CompletionsAreTheSameInEveryCompany) {
  const LoadedModel model = open_greedy(GetParam());
  ASSERT_TRUE(order_independent(model));
  const Generated made = expect_equal(model, greedy_prompts(), 20, kCompanies);
  RecordProperty("near_ties_per_1000_tokens", int(1000 * made.arbitrated / made.new_tokens));
}

// Pairs of tokens whose logits differ by rounding, if at all: which of the two is ahead depends on
// what else is computed, until the row is computed by itself.
TEST_P(GreedyOrder, NearTiesAreDecidedByTheRowAlone) {
  const LoadedModel model = open_greedy(GetParam());
  TokenRows prompts = greedy_prompts();
  for (size_t i = 0; i < prompts.size() / 3; ++i) prompts[i] = prompts[3 * i + 1];
  prompts.resize(prompts.size() / 3);
  for (const int64_t every : {2, 14}) {
    make_twins(model, every);
    const Generated made = expect_equal(model, prompts, 6, std::span(kCompanies).first(2));
    EXPECT_GT(made.arbitrated, every == 2 ? made.new_tokens / 2 : 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Models, GreedyOrder, testing::ValuesIn(greedy_models()),
                         [](const auto& one) { return greedy_name(one.param); });

}  // namespace
}  // namespace tuneval::test
