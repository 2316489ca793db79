#include "framework/generate/sampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace tuneval {
namespace {

constexpr int64_t kDraws = 20000;

Choice draw(const std::vector<float>& logits, const Draw& how, const TokenMask* mask = nullptr) {
  return draw_row(logits.data(), int64_t(logits.size()), mask, how);
}

std::vector<float> random_logits(size_t count, uint64_t seed, float scale) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal(0.0f, scale);
  std::vector<float> logits(count);
  for (float& x : logits) x = normal(random);
  return logits;
}

/// How often each token is drawn, one draw a position.
std::vector<int64_t> counts_of(const std::vector<float>& logits, const Sampling& sampling,
                               const TokenMask* mask = nullptr) {
  std::vector<int64_t> counts(logits.size(), 0);
  for (int64_t at = 0; at < kDraws; ++at) ++counts[size_t(draw(logits, {sampling, at}, mask).id)];
  return counts;
}

/// Pearson's χ² of the counts against weights; tokens of weight 0 must not occur.
double chi_square(const std::vector<int64_t>& counts, const std::vector<double>& weights) {
  double total = 0.0, sum = 0.0;
  for (const double weight : weights) total += weight;
  for (size_t i = 0; i < counts.size(); ++i) {
    const double expected = weights[i] / total * double(kDraws);
    if (expected == 0.0) {
      EXPECT_EQ(counts[i], 0) << i;
    } else {
      sum += (double(counts[i]) - expected) * (double(counts[i]) - expected) / expected;
    }
  }
  return sum;
}

const std::vector<float> kLogits = {1.0f, -0.5f, 2.0f, 0.0f, 1.5f};

TEST(SamplerTest, DrawsAsOftenAsTheSoftmaxSays) {
  for (const double temperature : {0.5, 1.0, 1.7}) {
    std::vector<double> weights;
    for (const float x : kLogits) weights.push_back(std::exp(double(x) / temperature));
    // Of 4 degrees of freedom: above 18.5 once in a thousand.
    EXPECT_LT(chi_square(counts_of(kLogits, {temperature, 1.0, 11}), weights), 18.5);
  }
}

TEST(SamplerTest, TheNucleusHoldsTheLikeliestUpToItsShare) {
  // Shares 0.45, 0.28, 0.17, 0.06, 0.04 by falling logit.
  const auto weight = [](size_t i) { return std::exp(double(kLogits[i])); };
  EXPECT_LT(chi_square(counts_of(kLogits, {1.0, 0.7, 5}), {0, 0, weight(2), 0, weight(4)}), 10.9);
  EXPECT_LT(chi_square(counts_of(kLogits, {1.0, 0.8, 5}), {weight(0), 0, weight(2), 0, weight(4)}),
            13.9);
  EXPECT_EQ(counts_of(kLogits, {1.0, 0.3, 5})[2], kDraws);
  EXPECT_EQ(counts_of(kLogits, {1.0, 1e-6, 5})[2], kDraws);
}

TEST(SamplerTest, AMaskLeavesTheRestOutOfTheShares) {
  TokenMask mask(5);
  for (const int64_t id : {0, 1, 3}) mask.allow(id);
  const auto weight = [](size_t i) { return std::exp(double(kLogits[i])); };
  const std::vector<double> all = {weight(0), weight(1), 0, weight(3), 0};
  EXPECT_LT(chi_square(counts_of(kLogits, {1.0, 1.0, 3}, &mask), all), 13.9);
  // 0.63, 0.23, 0.14 of what is left.
  EXPECT_LT(chi_square(counts_of(kLogits, {1.0, 0.8, 3}, &mask), {weight(0), 0, 0, weight(3), 0}),
            10.9);
}

TEST(SamplerTest, ADrawIsAFunctionOfSeedAndPosition) {
  const std::vector<float> logits = random_logits(500, 1, 1.0f);
  int64_t other_seed = 0, other_position = 0;
  for (int64_t at = 0; at < 200; ++at) {
    const Choice choice = draw(logits, {{1.0, 0.95, 7}, at});
    EXPECT_EQ(draw(logits, {{1.0, 0.95, 7}, at}).id, choice.id);
    other_seed += draw(logits, {{1.0, 0.95, 8}, at}).id != choice.id;
    other_position += draw(logits, {{1.0, 0.95, 7}, at + 1000}).id != choice.id;
  }
  EXPECT_GT(other_seed, 150);
  EXPECT_GT(other_position, 150);
}

TEST(SamplerTest, UniformNumbersAreUniform) {
  double sum = 0.0, squares = 0.0;
  for (int64_t id = 0; id < kDraws; ++id) {
    const double u = uniform_of(3, id / 100, id % 100);
    ASSERT_GT(u, 0.0);
    ASSERT_LT(u, 1.0);
    sum += u;
    squares += u * u;
  }
  EXPECT_NEAR(sum / double(kDraws), 0.5, 0.01);
  EXPECT_NEAR(squares / double(kDraws), 1.0 / 3.0, 0.01);
}

TEST(SamplerTest, AtTemperatureZeroTheLikeliestTokenIsDrawn) {
  for (uint64_t seed = 0; seed < 30; ++seed) {
    const std::vector<float> logits = random_logits(300, seed, 3.0f);
    const auto best = std::max_element(logits.begin(), logits.end()) - logits.begin();
    EXPECT_EQ(draw(logits, {{0.0, 1.0, seed}, 0}).id, best);
    EXPECT_EQ(draw(logits, {{0.0, 0.5, seed}, 0}).id, best);
  }
}

// What a large vocabulary's search passes over could not have been drawn.
TEST(SamplerTest, TheSearchPassesOverNothingThatCouldWin) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const std::vector<float> logits = random_logits(3000, seed, 4.0f);
    int64_t best = -1;
    double highest = -std::numeric_limits<double>::infinity();
    for (int64_t id = 0; id < 3000; ++id) {
      const double u = uniform_of(seed, 9, id);
      const double sum = double(logits[size_t(id)]) - 2.0 * std::log(-std::log(u));
      if (sum > highest) {
        highest = sum;
        best = id;
      }
    }
    EXPECT_EQ(draw(logits, {{2.0, 1.0, seed}, 9}).id, best);
  }
}

// The promise behind `clear`: logits that move by rounding give the same token.
TEST(SamplerTest, AClearDrawStandsWhateverRoundingDoes) {
  std::mt19937_64 random(17);
  for (const double top_p : {0.3, 0.9, 0.999, 1.0}) {
    int64_t unclear = 0, total = 0;
    for (uint64_t seed = 0; seed < 400; ++seed) {
      const std::vector<float> logits = random_logits(200, seed, 2.0f);
      float largest = 0.0f;
      for (const float x : logits) largest = std::max(largest, std::fabs(x));
      const float most = 0.49f * kNearTie * largest;
      const Draw how{{1.0, top_p, seed}, int64_t(seed)};
      const Choice choice = draw(logits, how);
      ++total;
      unclear += !choice.clear;
      for (int repeat = 0; choice.clear && repeat < 10; ++repeat) {
        std::vector<float> moved = logits;
        for (float& x : moved) x += random() % 2 ? most : -most;
        EXPECT_EQ(draw(moved, how).id, choice.id) << top_p << " " << seed;
      }
    }
    EXPECT_LT(unclear * 20, total) << top_p;
  }
}

TEST(SamplerTest, NearTiesAreNotClear) {
  const float lead = 0.5f * kNearTie;
  EXPECT_FALSE(draw({10.0f, 10.0f * (1 - lead), 0.0f}, {{0.0, 1.0, 0}, 0}).clear);
  // A nucleus whose border lies, but for rounding, between two tokens: which of them is in it?
  const std::vector<float> logits = {0.0f, -1e-6f, -30.0f};
  EXPECT_FALSE(draw(logits, {{1.0, 0.3, 1}, 0}).clear);
}

TEST(SamplerTest, LogitsThatAreNotFiniteGiveNone) {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    std::vector<float> logits = kLogits;
    logits[3] = bad;
    EXPECT_EQ(draw(logits, {{1.0, 0.9, 1}, 0}).id, -1);
  }
}

}  // namespace
}  // namespace tuneval
