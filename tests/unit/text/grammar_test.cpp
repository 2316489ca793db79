// What answers cannot be held to is refused; sets of tokens.
#include "framework/text/answer_trie.h"
#include "framework/text/conversation.h"
#include "framework/text/token_constraint.h"
#include "tests/unit/text/support.h"
#include "tuneval/error.h"

#include <gtest/gtest.h>

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;
using Ids = std::vector<int64_t>;
using test::expect_contains;
using test::message_of;

ChatText open_text(const std::string& name) {
  Tokenizer tokenizer = Tokenizer::open(test::shared_data() / "tokenizers" / name);
  const std::vector<int64_t> ends = {tokenizer.token_to_id("<|endoftext|>").value()};
  return {std::move(tokenizer), std::nullopt, Json::object(), ends, {}, {}, {}};
}

TEST(GrammarTest, WhatNoAnswerCanBeHeldToIsRefused) {
  TUNEVAL_NEED_SHARED_DATA();
  const ChatText text = open_text("smollm2");
  const GrammarMaker maker(text);
  const auto refusal = [&](const std::string& schema) {
    return message_of<DataError>([&] { maker.json_schema(schema); });
  };
  expect_contains(refusal("[1"),
                  "no answer can be held to the JSON Schema: expected a JSON object");
  expect_contains(refusal(R"({"type":"dict"})"), "dict");
  expect_contains(refusal(R"({"type":"string","minLength":3,"maxLength":2})"),
                  "no answer can be held to the JSON Schema: ");
  expect_contains(refusal(R"({"if":{"type":"string"},"then":{"const":1}})"), "if");
  expect_contains(refusal(R"({"$ref":"#/$defs/none"})"), "none");
  expect_contains(message_of<DataError>([&] { maker.tool_calls("[]"); }),
                  "no answer can be held to the tools: expected a JSON array of tools");
  expect_contains(message_of<DataError>([&] { maker.lark("answer: nothing"); }), "nothing");
  expect_contains(message_of<DataError>([&] { AnswerTrie(text, {}); }), "closed set");
}

TEST(GrammarTest, ATokenizerOfWordsIsRefused) {
  const test::TempFolder folder;
  test::write_text(folder.path() / "tokenizer.json", R"({"version":"1.0","added_tokens":[],
    "normalizer":null,"pre_tokenizer":{"type":"WhitespaceSplit"},"post_processor":null,
    "decoder":null,"model":{"type":"WordLevel","vocab":{"a":0,"b":1},"unk_token":"a"}})");
  const ChatText text{
      Tokenizer::open(folder.path()), std::nullopt, Json::object(), {1}, {}, {}, {}};
  expect_contains(message_of<ConfigError>([&] { GrammarMaker maker(text); }),
                  "the tokenizer's decoder is none");
  const std::vector<std::string> answers = {"a", "a b"};
  EXPECT_EQ(AnswerTrie(text, answers).rows(), (std::vector<Ids>{{0}, {0, 1}}));  // a trie of
                                                                                 // answers needs no
                                                                                 // bytes
}

TEST(TokenMaskTest, KnowsItsOnlyToken) {
  TokenMask mask(100);
  EXPECT_TRUE(mask.empty());
  EXPECT_EQ(mask.only(), std::nullopt);
  mask.allow(64);
  EXPECT_EQ(mask.only(), 64);
  EXPECT_TRUE(mask.allows(64));
  EXPECT_FALSE(mask.allows(63));
  EXPECT_FALSE(mask.allows(5000));
  mask.allow(65);
  EXPECT_EQ(mask.only(), std::nullopt);
  mask.clear();
  mask.allow(3);
  mask.allow(99);
  EXPECT_EQ(mask.only(), std::nullopt);
}

}  // namespace
}  // namespace tuneval
