// Greedy answers of every fixture model against those of transformers, token for token.
#include "framework/generate/generate.h"
#include "tests/support/folder.h"
#include "tests/support/toy_models.h"

#include <gtest/gtest.h>

namespace tuneval::test {
namespace {

using Json = nlohmann::json;

struct Answers {
  explicit Answers(const std::string& model) {
    const Json json = Json::parse(read_text(fixture(model + ".generate.json")));
    end_tokens = json.at("end_tokens").get<std::vector<int64_t>>();
    max_new_tokens = json.at("max_new_tokens");
    for (const Json& one : json.at("cases")) {
      prompts.push_back(one.at("prompt"));
      ids.push_back(one.at("ids"));
      stopped.push_back(one.at("stopped"));
    }
  }
  std::vector<int64_t> end_tokens;
  int64_t max_new_tokens = 0;
  TokenRows prompts, ids, stopped;
};

class GenerateParity : public testing::TestWithParam<std::string> {
 protected:
  static GenerateOptions options(const Answers& answers, int64_t batch_size) {
    GenerateOptions made;
    made.decoding.max_new_tokens = answers.max_new_tokens;
    made.batch_size = batch_size;
    return made;
  }
};

constexpr int64_t kBatchSizes[] = {1, 2, 8};

TEST_P(GenerateParity, IdsWithoutEndTokensEqual) {
  const Answers answers(GetParam());
  const LoadedModel model = open_toy_ending_at(GetParam(), {});
  for (const int64_t batch_size : kBatchSizes) {
    const Generated made = generate(model, answers.prompts, options(answers, batch_size));
    ASSERT_EQ(made.completions.size(), answers.ids.size());
    for (size_t i = 0; i < answers.ids.size(); ++i) {
      EXPECT_EQ(made.completions[i].ids, answers.ids[i]) << batch_size << " at once, case " << i;
      EXPECT_EQ(made.completions[i].stop, StopReason::length);
    }
    EXPECT_EQ(made.new_tokens, answers.max_new_tokens * int64_t(answers.ids.size()));
  }
}

TEST_P(GenerateParity, AnswersStopAtTheEndTokensOfGenerationConfig) {
  const Answers answers(GetParam());
  const LoadedModel model = open_toy(GetParam());
  for (const int64_t end : answers.end_tokens) EXPECT_TRUE(model.text->is_end(end));
  for (const int64_t batch_size : kBatchSizes) {
    const Generated made = generate(model, answers.prompts, options(answers, batch_size));
    for (size_t i = 0; i < answers.stopped.size(); ++i) {
      std::vector<int64_t> expected = answers.stopped[i];
      const bool ended = model.text->is_end(expected.back());
      if (ended) expected.pop_back();
      EXPECT_EQ(made.completions[i].ids, expected) << batch_size << " at once, case " << i;
      EXPECT_EQ(made.completions[i].stop, ended ? StopReason::end_token : StopReason::length);
    }
  }
}

// Every prompt goes on from another's, so prefixes are cached, shared within a batch, and repeated.
// A row that went on for n tokens must now give the rest of the same answer.
TEST_P(GenerateParity, AnswersGoOnTheSameFromSharedBeginnings) {
  const Answers answers(GetParam());
  const LoadedModel model = open_toy_ending_at(GetParam(), {});
  for (size_t i = 0; i < answers.prompts.size(); ++i) {
    TokenRows prompts;
    for (const size_t taken : {0, 1, 2, 5, 6, 6, 11, 20}) {
      const auto& ids = answers.ids[i];
      prompts.push_back(joined(answers.prompts[i], {ids.begin(), ids.begin() + int64_t(taken)}));
    }
    for (const int64_t batch_size : kBatchSizes) {
      const Generated made = generate(model, prompts, options(answers, batch_size));
      for (size_t row = 0; row < prompts.size(); ++row) {
        const size_t taken = prompts[row].size() - answers.prompts[i].size();
        std::vector<int64_t> found = made.completions[row].ids;
        found.resize(answers.ids[i].size() - taken);
        const std::vector<int64_t> rest(answers.ids[i].begin() + int64_t(taken),
                                        answers.ids[i].end());
        EXPECT_EQ(found, rest) << batch_size << " at once, case " << i << " from " << taken;
      }
      // All but the longest are beginnings of it: together they cost no more than it does.
      if (batch_size == 8) {
        EXPECT_EQ(made.computed_tokens, int64_t(prompts.back().size()));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, GenerateParity, testing::ValuesIn(fixture_models()),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace tuneval::test
