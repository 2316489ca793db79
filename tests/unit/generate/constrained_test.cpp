// Answers held to a grammar: the likeliest one that it allows, token by token.
#include "framework/generate/generate.h"
#include "framework/text/answer_trie.h"
#include "framework/text/task_grammars.h"
#include "framework/text/wire_form.h"
#include "tests/support/folder.h"
#include "tests/support/toy_models.h"
#include "tuneval/error.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

namespace tuneval {
namespace {

using Ids = std::vector<int64_t>;
using Json = nlohmann::ordered_json;
using Shared = std::shared_ptr<const Grammar>;

const std::vector<Ids> kAnswers = {
    {7, 12, 40},  {7}, {7, 12, 41, 9}, {60, 61, 62, 63}, {60, 61, 62, 64},
    {88, 20, 88}, {5}, {88, 20, 21},   {30, 31, 32, 33}, {23, 11, 89}};

std::vector<std::string> texts_of(const std::vector<Ids>& rows) {
  std::vector<std::string> texts;
  for (const Ids& row : rows) texts.push_back(test::words(row));
  return texts;
}

/// Replaces the vocabulary's weights by what `change` makes of them.
void set_vocabulary(LoadedModel& model, const std::function<at::Tensor(at::Tensor)>& change) {
  for (auto& item : model.lm->named_parameters()) {
    if (item.key() == "model.embed_tokens.weight") {
      item.value().set_data(change(item.value().detach().clone()));
    }
  }
}

std::vector<Ids> some_prompts(size_t count) {
  std::vector<Ids> prompts;
  for (size_t i = 0; i < count; ++i) {
    prompts.push_back(test::joined(test::random_ids(20, i % 3), test::random_ids(1 + i % 7, i)));
  }
  return prompts;
}

class ConstrainedTest : public testing::Test {
 protected:
  ConstrainedTest() { hold_to(std::make_shared<AnswerTrie>(*model.text, texts_of(kAnswers))); }
  void hold_to(Shared grammar) {
    options.grammar = [grammar](size_t) { return grammar; };
  }
  Completion complete(const Ids& prompt) const {
    return generate(model, std::vector<Ids>{prompt}, options).completions.at(0);
  }
  /// The same without a cache, one token at a time.
  Ids expected(const Ids& prompt) const {
    const auto row = options.grammar(0)->start();
    Ids ids;
    while (true) {
      const at::Tensor logits = test::logits_of(*model.lm, {test::joined(prompt, ids)})[0][-1];
      int64_t best = -1;
      for (int64_t id = 0; id < logits.size(0); ++id) {
        if (!row->mask().allows(id)) continue;
        if (best < 0 || logits[id].item<float>() > logits[best].item<float>()) best = id;
      }
      if (model.text->is_end(best)) return ids;
      row->advance(best);
      ids.push_back(best);
    }
  }

  LoadedModel model = test::open_toy_ending_at("qwen3_tied", {1, 2});
  GenerateOptions options;
};

TEST_F(ConstrainedTest, TheLikeliestTokensOfTheTrieWhateverIsDecodedTogether) {
  const std::vector<Ids> prompts = some_prompts(24);
  std::vector<Ids> alone;
  std::set<Ids> distinct;
  for (const Ids& prompt : prompts) {
    alone.push_back(expected(prompt));
    EXPECT_TRUE(std::ranges::find(kAnswers, alone.back()) != kAnswers.end());
    distinct.insert(alone.back());
  }
  EXPECT_GT(distinct.size(), 1u);
  for (const bool lookup : {false, true}) {
    for (const int64_t batch_size : {1, 5, 64}) {
      options.lookup = lookup;
      options.batch_size = batch_size;
      const Generated made = generate(model, prompts, options);
      for (size_t i = 0; i < prompts.size(); ++i) {
        EXPECT_EQ(made.completions[i].ids, alone[i]) << i;
        EXPECT_EQ(made.completions[i].stop, StopReason::end_token);
        EXPECT_EQ(made.completions[i].text, test::words(alone[i]));
      }
    }
  }
}

TEST_F(ConstrainedTest, WhatLeavesNoChoiceIsNotComputed) {
  hold_to(std::make_shared<AnswerTrie>(*model.text, texts_of({{30, 31, 32, 33, 34}})));
  const Generated made = generate(model, std::vector<Ids>{{9, 10}}, options);
  EXPECT_EQ(made.completions[0].ids, (Ids{30, 31, 32, 33, 34}));
  EXPECT_EQ(made.steps, 0);
  EXPECT_EQ(made.forced, 4);
  EXPECT_EQ(made.new_tokens, 6);
  // Forced tokens before a choice are computed together with the one before them.
  hold_to(std::make_shared<AnswerTrie>(
      *model.text, texts_of({{30, 31, 32, 33, 34, 35}, {30, 31, 32, 33, 36, 37}})));
  const Generated two = generate(model, std::vector<Ids>{{9, 10}}, options);
  EXPECT_EQ(two.steps, 1);
  EXPECT_EQ(two.forced, 4);
  EXPECT_EQ(two.completions[0].ids, expected({9, 10}));
}

TEST_F(ConstrainedTest, RowsWithoutAGrammarStayAsTheyAre) {
  const std::vector<Ids> prompts = some_prompts(15);
  options.decoding.max_new_tokens = 30;
  const auto held = options.grammar;
  std::vector<Ids> free, bound;
  for (const Ids& prompt : prompts) bound.push_back(complete(prompt).ids);
  options.grammar = nullptr;
  for (const Ids& prompt : prompts) free.push_back(complete(prompt).ids);
  options.grammar = [&](size_t index) { return index % 2 == 0 ? held(index) : nullptr; };
  const Generated made = generate(model, prompts, options);
  for (size_t i = 0; i < prompts.size(); ++i) {
    EXPECT_EQ(made.completions[i].ids, i % 2 == 0 ? bound[i] : free[i]) << i;
  }
}

TEST_F(ConstrainedTest, EqualPromptsOfDifferentGrammarsGetTheirOwnAnswers) {
  const Ids prompt = {20, 21, 22};
  std::vector<Shared> grammars;
  for (const int64_t id : {50, 51, 52}) {
    grammars.push_back(std::make_shared<AnswerTrie>(*model.text, texts_of({{id, id + 10}})));
  }
  options.grammar = [&](size_t index) { return grammars[index % 3]; };
  int64_t told = 0;
  options.progress = [&](int64_t rows, int64_t) { told = rows; };
  const Generated made = generate(model, std::vector<Ids>(9, prompt), options);
  for (int64_t i = 0; i < 9; ++i) {
    EXPECT_EQ(made.completions[size_t(i)].ids, (Ids{50 + i % 3, 60 + i % 3}));
  }
  EXPECT_EQ(told, 9);
}

// The later grammars' rows find the whole prompt in the cache.
TEST_F(ConstrainedTest, EqualPromptsOfDifferentGrammarsChooseAsEachAlone) {
  std::vector<Shared> grammars;
  for (size_t i = 0; i < 3; ++i) {
    std::vector<Ids> answers = kAnswers;
    answers.erase(answers.begin() + int64_t(i) * 3, answers.begin() + int64_t(i) * 3 + 2);
    grammars.push_back(std::make_shared<AnswerTrie>(*model.text, texts_of(answers)));
  }
  for (const Ids& prompt : some_prompts(6)) {
    options.grammar = [&](size_t index) { return grammars[index]; };
    const Generated made = generate(model, std::vector<Ids>(3, prompt), options);
    for (size_t i = 0; i < 3; ++i) {
      hold_to(grammars[i]);
      EXPECT_EQ(made.completions[i].ids, expected(prompt)) << i;
    }
  }
}

TEST_F(ConstrainedTest, TheTokenLimitCutsAndStopStringsDoNot) {
  hold_to(std::make_shared<AnswerTrie>(*model.text, texts_of({{30, 31, 32, 33, 34}})));
  options.decoding.stop = {"w32"};
  EXPECT_EQ(complete({9}).ids.size(), 5u);
  options.decoding.max_new_tokens = 3;
  EXPECT_EQ(complete({9}).ids, (Ids{30, 31, 32}));
  EXPECT_EQ(complete({9}).stop, StopReason::length);
  hold_to(std::make_shared<AnswerTrie>(*model.text, std::vector<std::string>{""}));
  EXPECT_TRUE(complete({9}).ids.empty());
  EXPECT_EQ(complete({9}).stop, StopReason::end_token);
}

// All logits equal: every choice is a near tie, of the allowed tokens alone.
TEST_F(ConstrainedTest, NearTiesAreDecidedAmongAllowedTokens) {
  set_vocabulary(model, [](at::Tensor weight) { return weight.zero_(); });
  const std::vector<Ids> prompts = some_prompts(12);
  hold_to(std::make_shared<AnswerTrie>(
      *model.text, texts_of({{60, 61, 70}, {60, 61, 64, 9}, {60, 61, 64, 8}, {88}})));
  const Generated made = generate(model, prompts, options);
  for (const Completion& completion : made.completions) {
    EXPECT_EQ(completion.ids, (Ids{60, 61, 64, 8}));
  }
  EXPECT_EQ(made.arbitrated, 12 * 3);  // 60 or 88, 64 or 70, 8 or 9
}

TEST_F(ConstrainedTest, LogitsThatAreNotFiniteAreAnErrorEvenWhereNoneIsAllowed) {
  set_vocabulary(model, [](at::Tensor weight) {
    weight[90].fill_(std::numeric_limits<float>::quiet_NaN());
    return weight;
  });
  EXPECT_NE(test::message_of<CheckpointError>([&] { complete({9}); }).find("not all finite"),
            std::string::npos);
}

// Our own tiny models have tokens of bytes; with random weights they write anything.
class ConstrainedTextTest : public testing::TestWithParam<const char*> {
 protected:
  ConstrainedTextTest() {
    set_vocabulary(model, [](at::Tensor weight) {
      at::manual_seed(5);
      return at::randn_like(weight);
    });
    for (size_t i = 0; i < 12; ++i) {
      prompts.push_back(model.text->tokenizer.encode(
          "Row " + std::to_string(i * i) + ": {\"city\": \"Bergen\", \"n\": " + std::to_string(i) +
              "} and so on",
          false));
    }
    options.decoding.max_new_tokens = 400;
  }
  std::vector<std::string> complete_all() {
    std::vector<std::string> texts;
    for (const int64_t batch_size : {1, 64}) {
      for (const bool lookup : {false, true}) {
        options.batch_size = batch_size;
        options.lookup = lookup;
        const Generated made = generate(model, prompts, options);
        for (size_t i = 0; i < prompts.size(); ++i) {
          const Completion& completion = made.completions[i];
          EXPECT_EQ(completion.stop, StopReason::end_token) << completion.text;
          if (texts.size() < prompts.size()) texts.push_back(completion.text);
          EXPECT_EQ(completion.text, texts[i]) << batch_size << lookup;
        }
      }
    }
    return texts;
  }

  LoadedModel model = load_model(
      test::all_plugins(), std::filesystem::path(TUNEVAL_SOURCE_DIR) / "models" / GetParam(), {});
  GenerateOptions options;
  std::vector<Ids> prompts;
};

TEST_P(ConstrainedTextTest, EveryCompletionIsValidForTheSchema) {
  Decoding decoding{.constraint = Constraint::json_schema, .schema = R"({"type":"object",
    "properties":{"city":{"type":"string","maxLength":9},
      "n":{"type":"integer","minimum":-50,"maximum":99},
      "tags":{"type":"array","items":{"enum":["a","bb"]},"maxItems":3}},
    "required":["city","n"]})"};
  options.grammar = task_grammars(*model.text, decoding, {}, {});
  for (const std::string& text : complete_all()) {
    const Json json = Json::parse(text, nullptr, false);
    ASSERT_TRUE(json.is_object()) << text;
    EXPECT_TRUE(json.at("city").is_string());
    EXPECT_TRUE(json.at("n") >= -50 && json.at("n") <= 99) << text;
    EXPECT_LE(json.value("tags", Json::array()).size(), 3u);
    EXPECT_EQ(json.size(), size_t(json.contains("tags") ? 3 : 2)) << text;
  }
}

TEST_P(ConstrainedTextTest, EveryCompletionIsCallsOfItsOwnTools) {
  std::vector<Example> examples(prompts.size());
  for (size_t i = 0; i < examples.size(); ++i) {
    const std::string name = i % 2 == 0 ? "look_up" : "move";
    examples[i].calls = true;
    examples[i].tools = R"([{"type":"function","function":{"name":")" + name +
                        R"(","parameters":{"type":"object","properties":{"on":{"type":"boolean"},
                        "to":{"enum":["x","y z"]}},"required":["to"]}}}])";
  }
  Decoding decoding{.constraint = Constraint::tool_calls};
  options.grammar = task_grammars(*model.text, decoding, {}, examples);
  EXPECT_EQ(options.grammar(0), options.grammar(2));
  EXPECT_NE(options.grammar(0), options.grammar(1));
  options.decoding.max_new_tokens = 2000;  // 16 calls at most come to an end long before
  const std::vector<std::string> texts = complete_all();
  for (size_t i = 0; i < texts.size(); ++i) {
    const auto wired = read_wire_calls(texts[i], model.text->wire_form, examples[i].tools);
    ASSERT_TRUE(wired) << texts[i];
    const auto calls = read_calls(*wired);
    ASSERT_TRUE(calls) << texts[i];
    for (const ToolCall& call : *calls) {
      EXPECT_EQ(call.name, i % 2 == 0 ? "look_up" : "move");
      EXPECT_TRUE(Json::parse(call.arguments).contains("to")) << texts[i];
    }
  }
  examples[3].tools = "[]";
  examples[3].where = "test.jsonl:4";
  EXPECT_NE(test::message_of<DataError>([&] {
              task_grammars(*model.text, decoding, {}, examples);
            }).find("test.jsonl:4: no answer can be held to the tools"),
            std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Models, ConstrainedTextTest,
                         testing::Values("tiny-qwen3", "tiny-llama", "tiny-gemma3", "tiny-lfm2"),
                         [](const auto& one) {
                           return std::string(one.param).substr(sizeof("tiny-") - 1);
                         });

}  // namespace
}  // namespace tuneval
