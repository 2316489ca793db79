#include "framework/tune/dataset.h"

#include "framework/tune/loss.h"
#include "tests/support/folder.h"
#include "tests/support/toy_models.h"
#include "tuneval/error.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace tuneval {
namespace {

using Ids = std::vector<int64_t>;
using Order = std::vector<size_t>;

// Written down once: a change would change every result of every run.
TEST(EpochOrderTest, IsTheSameEverywhere) {
  EXPECT_EQ(epoch_order(8, 123, 0), (Order{5, 0, 7, 2, 4, 3, 1, 6}));
  EXPECT_EQ(epoch_order(8, 123, 1), (Order{6, 0, 2, 4, 3, 5, 7, 1}));
  EXPECT_EQ(epoch_order(8, uint64_t(1) << 40, 0), (Order{2, 3, 1, 0, 7, 5, 6, 4}));
}

TEST(EpochOrderTest, IsAPermutationOfItsOwn) {
  std::set<Order> seen;
  for (const uint64_t seed : {1U, 2U, 3U}) {
    for (int64_t epoch = 0; epoch < 4; ++epoch) {
      Order order = epoch_order(50, seed, epoch);
      EXPECT_EQ(epoch_order(50, seed, epoch), order);
      EXPECT_TRUE(seen.insert(order).second);
      std::sort(order.begin(), order.end());
      for (size_t i = 0; i < order.size(); ++i) EXPECT_EQ(order[i], i);
    }
  }
  EXPECT_TRUE(epoch_order(0, 1, 0).empty());
  EXPECT_EQ(epoch_order(1, 1, 0), Order{0});
}

Example example(size_t index, size_t prompt = 3) {
  Example made;
  made.messages = {{"user", test::words(test::random_ids(prompt, index)), ""}};
  made.target = test::words({int64_t(8 + index)});
  made.where = "train.jsonl:" + std::to_string(index + 1);
  return made;
}

std::vector<Example> first_examples(size_t count) {
  std::vector<Example> all;
  for (size_t i = 0; i < count; ++i) all.push_back(example(i));
  return all;
}

class DatasetTest : public testing::Test {
 protected:
  Dataset make(size_t count) const { return make_dataset(model, first_examples(count), recipe); }
  /// The examples by their target's first id.
  static std::set<int64_t> labels(const std::vector<TokenizedExample>& rows) {
    std::set<int64_t> all;
    for (const auto& row : rows) all.insert(row.ids[size_t(row.prompt_length)]);
    return all;
  }

  LoadedModel model = test::open_toy("llama_smol");
  Recipe recipe;
};

TEST_F(DatasetTest, ExamplesArePromptTargetAndEndToken) {
  recipe.validation_ratio = 0.0;
  const Dataset dataset = make(1);
  ASSERT_EQ(dataset.train.size(), 1u);
  Ids expected = test::random_ids(3, 0);
  expected.insert(expected.end(), {8, 2});
  EXPECT_EQ(dataset.train[0].ids, expected);
  EXPECT_EQ(dataset.train[0].prompt_length, 3);
}

TEST_F(DatasetTest, TheSplitIsAPartitionThatTheSeedDecides) {
  const Dataset first = make(21);
  EXPECT_EQ(first.validation.size(), 5u);  // the ceiling of a fifth
  EXPECT_EQ(first.train.size(), 16u);
  std::set<int64_t> all = labels(first.train);
  all.merge(labels(first.validation));
  EXPECT_EQ(all.size(), 21u);
  EXPECT_EQ(labels(make(21).validation), labels(first.validation));
  recipe.learning_rate = 1.0;  // has no part in it
  EXPECT_EQ(labels(make(21).validation), labels(first.validation));
  recipe.seed = 124;
  EXPECT_NE(labels(make(21).validation), labels(first.validation));
}

TEST_F(DatasetTest, SomethingIsLeftToTrainOn) {
  recipe.validation_ratio = 0.9;
  EXPECT_EQ(make(1).train.size(), 1u);
  EXPECT_EQ(make(2).train.size(), 1u);
  recipe.validation_ratio = 0.0;
  EXPECT_TRUE(make(5).validation.empty());
  EXPECT_TRUE(make(0).train.empty());
}

TEST_F(DatasetTest, ALongExampleIsNamed) {
  const auto refusal = [&](size_t prompt) {
    return test::message_of<DataError>([&] {
      make_dataset(model, {example(0), example(4, prompt)}, recipe);
    });
  };
  EXPECT_EQ(refusal(255), "train.jsonl:5: 257 tokens: at most 256 are allowed");
  recipe.max_length = 10;
  EXPECT_EQ(refusal(9), "train.jsonl:5: 11 tokens: at most 10 are allowed");
  EXPECT_EQ(make_dataset(model, {example(0), example(4, 8)}, recipe).train.size(), 1u);
  recipe.max_length = 1000;  // no more than the model takes
  EXPECT_EQ(refusal(255), "train.jsonl:5: 257 tokens: at most 256 are allowed");
}

std::vector<const TokenizedExample*> pointers(const std::vector<TokenizedExample>& rows) {
  std::vector<const TokenizedExample*> all;
  for (const auto& row : rows) all.push_back(&row);
  return all;
}

Ids values(const at::Tensor& tensor) {
  return {tensor.data_ptr<int64_t>(), tensor.data_ptr<int64_t>() + tensor.numel()};
}

TEST(LossBatchTest, TargetsThatRowsShareAreCounted) {
  const std::vector<TokenizedExample> rows = {
      {{5, 6, 7, 8}, 2}, {{5, 6, 7, 9}, 2}, {{5, 6, 7, 8}, 3}, {{5, 6}, 2}};
  const LossBatch batch = make_loss_batch(pointers(rows), LossOn::completion, at::kCPU);
  EXPECT_EQ(batch.batch.tokens(), 3);  // no row's last token is computed
  EXPECT_EQ(batch.row_tokens, 14);
  EXPECT_EQ(values(batch.positions), (Ids{1, 2}));  // behind 6 and behind 7
  EXPECT_EQ(values(batch.position_of), (Ids{0, 1, 1}));
  EXPECT_EQ(values(batch.targets), (Ids{7, 8, 9}));
  EXPECT_EQ(batch.first_triple, (Ids{0, 1, 3}));
  EXPECT_TRUE(at::equal(batch.weights, at::tensor({2.0F, 2.0F, 1.0F})));
  EXPECT_EQ(batch.target_count, 5);
  EXPECT_EQ(count_targets(pointers(rows), LossOn::completion), 5);
  EXPECT_EQ(count_targets(pointers(rows), LossOn::all), 10);
  EXPECT_EQ(make_loss_batch(pointers(rows), LossOn::all, at::kCPU).target_count, 10);
}

TEST(PackRowsTest, BatchesStayBelowTheirBudget) {
  std::vector<TokenizedExample> rows;
  for (size_t i = 0; i < 40; ++i) {
    rows.push_back({test::joined(test::random_ids(10, i % 3), test::random_ids(1 + i % 7, i)), 5});
  }
  rows.push_back({test::random_ids(90, 99), 5});
  for (const int64_t budget : {1, 20, 45, 100, 10000}) {
    std::multiset<const TokenizedExample*> seen;
    for (const auto& batch : pack_rows(pointers(rows), budget)) {
      ASSERT_FALSE(batch.empty());
      seen.insert(batch.begin(), batch.end());
      test::TokenRows ids;
      for (const auto* row : batch) ids.push_back(row->ids);
      if (batch.size() > 1) {
        EXPECT_LE(make_forest(ids).tokens(), budget);
      }
    }
    const auto all = pointers(rows);
    EXPECT_EQ(seen, std::multiset<const TokenizedExample*>(all.begin(), all.end()));
  }
  EXPECT_EQ(pack_rows(pointers(rows), 10000).size(), 1u);
  EXPECT_EQ(pack_rows(pointers(rows), 1).size(), rows.size());
  EXPECT_TRUE(pack_rows({}, 10).empty());
}

}  // namespace
}  // namespace tuneval
