// Rows that join others at any time, in any order: what a server's requests do.
#include "framework/generate/decoder.h"
#include "tests/support/toy_models.h"
#include "tuneval/error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>

namespace tuneval {
namespace {

using Ids = std::vector<int64_t>;

/// What came of rows, by their indices.
using Results = std::map<size_t, FinishedRow>;

void collect(Decoder& decoder, Results& results) {
  for (FinishedRow& row : decoder.take_finished()) {
    const size_t index = row.index;
    EXPECT_TRUE(results.emplace(index, std::move(row)).second) << "twice: " << index;
  }
}

/// Runs the requests, `together` more of them before each pass.
Results complete(Decoder& decoder, const std::vector<RowRequest>& requests, size_t together) {
  Results results;
  for (size_t next = 0; next < requests.size() || decoder.rows() > 0;) {
    for (size_t i = 0; i < together && next < requests.size(); ++i) decoder.add(requests[next++]);
    decoder.prefill();
    collect(decoder, results);
    decoder.step();
    collect(decoder, results);
  }
  return results;
}

class JoiningTest : public testing::Test {
 protected:
  JoiningTest() {
    for (size_t i = 0; i < 24; ++i) {
      RowRequest request;
      request.index = i;
      request.prompt = test::joined(test::random_ids(40, i % 3), test::random_ids(1 + i % 5, i));
      if (i % 6 == 5) request.prompt = requests[i - 3].prompt;  // equal ones
      request.max_new_tokens = 12 + int64_t(i % 4) * 9;
      request.name = "row";
      requests.push_back(request);
    }
  }
  void sample() {
    for (RowRequest& request : requests) request.sampling = {0.9, 0.95, 100 + request.index};
  }
  std::map<size_t, Ids> alone() const {
    std::map<size_t, Ids> completions;
    for (const RowRequest& request : requests) {
      Decoder decoder(model, options);
      completions[request.index] = complete(decoder, {request}, 1).at(request.index).completion.ids;
    }
    return completions;
  }
  void expect_the_same_in_any_company() {
    const std::map<size_t, Ids> expected = alone();
    std::mt19937_64 random(3);
    for (const size_t together : {1, 2, 24}) {
      std::shuffle(requests.begin(), requests.end(), random);
      Decoder decoder(model, options);
      for (const auto& [index, row] : complete(decoder, requests, together)) {
        EXPECT_FALSE(row.failure);
        EXPECT_EQ(row.completion.ids, expected.at(index)) << index;
      }
      // Once more, with all that the first time has left in the cache.
      for (const auto& [index, row] : complete(decoder, requests, together)) {
        EXPECT_EQ(row.completion.ids, expected.at(index)) << index;
        EXPECT_GE(row.cached, 40);
      }
    }
  }

  LoadedModel model = test::open_toy("qwen3_tied");
  DecoderOptions options{.keep_prefixes = true};
  std::vector<RowRequest> requests;
};

TEST_F(JoiningTest, GreedyRowsAreWhatGenerateGives) {
  const std::map<size_t, Ids> found = alone();
  for (const RowRequest& request : requests) {
    GenerateOptions plain;
    plain.decoding.max_new_tokens = request.max_new_tokens;
    const std::vector<Ids> prompts = {request.prompt};
    EXPECT_EQ(found.at(request.index), generate(model, prompts, plain).completions.at(0).ids);
  }
}

TEST_F(JoiningTest, GreedyRowsAreTheSameInAnyCompany) { expect_the_same_in_any_company(); }

TEST_F(JoiningTest, DrawnRowsAreTheSameInAnyCompany) {
  const std::map<size_t, Ids> greedy = alone();
  sample();
  EXPECT_NE(alone(), greedy);
  expect_the_same_in_any_company();
}

TEST_F(JoiningTest, AnotherSeedDrawsAnotherAnswer) {
  sample();
  const std::map<size_t, Ids> first = alone();
  for (RowRequest& request : requests) ++request.sampling.seed;
  const std::map<size_t, Ids> second = alone();
  size_t different = 0;
  for (const auto& [index, ids] : first) different += ids != second.at(index);
  EXPECT_GT(different, requests.size() / 2);
}

TEST_F(JoiningTest, AConversationFindsItsEarlierTurns) {
  model = test::open_toy_ending_at("qwen3_tied", {});
  Decoder decoder(model, options);
  RowRequest first = requests[0];
  const Ids answer = complete(decoder, {first}, 1).at(0).completion.ids;
  RowRequest second = first;
  second.prompt = test::joined(test::joined(first.prompt, answer), {20, 21, 22});
  const int64_t before = decoder.counts().computed_tokens;
  const FinishedRow row = complete(decoder, {second}, 1).at(0);
  // The answer's last token was never computed: nothing was asked behind it.
  EXPECT_EQ(row.cached, int64_t(first.prompt.size() + answer.size()) - 1);
  EXPECT_EQ(decoder.counts().computed_tokens - before, 4);
  Decoder fresh(model, options);
  EXPECT_EQ(row.completion.ids, complete(fresh, {second}, 1).at(0).completion.ids);
}

TEST_F(JoiningTest, TokensAreToldAsTheyCome) {
  std::map<size_t, Ids> told;
  for (RowRequest& request : requests) {
    request.told = [&told, index = request.index](int64_t id) { told[index].push_back(id); };
  }
  Decoder decoder(model, options);
  for (const auto& [index, row] : complete(decoder, requests, 3)) {
    EXPECT_EQ(told[index], row.completion.ids);
  }
}

TEST_F(JoiningTest, ARowThatIsDroppedLeavesTheOthersAlone) {
  const std::map<size_t, Ids> expected = alone();
  Decoder decoder(model, options);
  for (const RowRequest& request : requests) decoder.add(request);
  decoder.prefill();
  Results results;
  collect(decoder, results);
  for (const size_t index : {0, 7, 8, 23}) decoder.drop(index);
  while (decoder.rows() > 0) {
    decoder.step();
    collect(decoder, results);
  }
  EXPECT_FALSE(results.contains(7));
  EXPECT_GE(results.size(), requests.size() - 4);
  for (const auto& [index, row] : results) EXPECT_EQ(row.completion.ids, expected.at(index));
  EXPECT_TRUE(decoder.make_room({}, 0));  // nothing is held any more
  EXPECT_EQ(decoder.used(), 0);
}

TEST_F(JoiningTest, APromptThatCannotFitLeavesWhatIsKept) {
  Decoder decoder(model, options);
  complete(decoder, {requests[0]}, 1);
  decoder.add(requests[1]);  // of another beginning
  decoder.prefill();
  const int64_t used = decoder.used();
  const Ids large = test::random_ids(400, 99);
  EXPECT_FALSE(decoder.make_room(large, 400)) << "the row at work holds some";
  EXPECT_EQ(decoder.used(), used);
  EXPECT_TRUE(decoder.make_room(large, used + 400));
  EXPECT_EQ(decoder.used(), used);
}

TEST_F(JoiningTest, RoomIsNotCountedTwiceForAPromptThatGoesItself) {
  Decoder decoder(model, options);
  complete(decoder, {requests[0]}, 1);
  const auto size = int64_t(requests[0].prompt.size());
  EXPECT_TRUE(decoder.make_room(requests[0].prompt, decoder.used() + 1));
  EXPECT_FALSE(decoder.make_room(requests[0].prompt, size - 1)) << "it was known, and is gone";
  EXPECT_TRUE(decoder.make_room(requests[0].prompt, size));
}

/// Allows any three tokens, and nothing behind them.
class DeadEnd : public Grammar {
 public:
  explicit DeadEnd(int64_t size) : size_(size) {}
  std::unique_ptr<TokenConstraint> start() const override {
    return std::make_unique<DeadRow>(size_);
  }

 private:
  struct DeadRow : TokenConstraint {
    explicit DeadRow(int64_t size) : TokenConstraint(size, {}), size_(size) {}
    bool fill(TokenMask& mask) override {
      for (int64_t id = 0; taken_ < 3 && id < size_; ++id) mask.allow(id);
      return false;
    }
    void step(int64_t) override { ++taken_; }
    void back(size_t count) override { taken_ -= int64_t(count); }
    int64_t size_, taken_ = 0;
  };
  int64_t size_;
};

TEST_F(JoiningTest, ARowThatFailsLeavesTheOthersAlone) {
  const std::map<size_t, Ids> expected = alone();
  requests[4].grammar = std::make_shared<DeadEnd>(token_mask_size(*model.text));
  Decoder decoder(model, options);
  const Results results = complete(decoder, requests, 5);
  ASSERT_EQ(results.size(), requests.size());
  for (const auto& [index, row] : results) {
    if (index == 4) {
      EXPECT_THROW(std::rethrow_exception(row.failure), DataError);
    } else {
      EXPECT_EQ(row.completion.ids, expected.at(index)) << index;
    }
  }
}

}  // namespace
}  // namespace tuneval
