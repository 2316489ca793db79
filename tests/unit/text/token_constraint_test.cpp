// Whatever a stream of tokens wants, what the masks let through is valid.
#include "framework/text/token_constraint.h"

#include "framework/text/answer_trie.h"
#include "framework/text/conversation.h"
#include "framework/text/wire_form.h"
#include "tests/unit/text/support.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;
using Ids = std::vector<int64_t>;

ChatText open_text(const std::string& name) {
  Tokenizer tokenizer = Tokenizer::open(test::shared_data() / "tokenizers" / name);
  const char* end = name == "phi3" ? "<|end|>" : "<|im_end|>";
  const std::vector<int64_t> ends = {tokenizer.token_to_id("<|endoftext|>").value(),
                                     tokenizer.token_to_id(end).value()};
  return {std::move(tokenizer), std::nullopt, Json::object(), ends, {}, {}, {}};
}

/// Picks tokens of a mask at random; now and then the one that a text needs to come to an end.
class Adversary {
 public:
  Adversary(const ChatText& text, uint64_t seed) : text_(text), random_(seed) {
    for (const char* token : {"\"", "}", "]", ")", "0", "\"}"}) {
      for (const int64_t id : text.tokenizer.encode(token, false)) closing_.insert(id);
    }
  }

  /// A whole answer; checks what holds at every token.
  Ids answer(const Grammar& grammar, size_t most = 3000) {
    const auto row = grammar.start();
    Ids ids;
    while (ids.size() < most) {
      const TokenMask mask = row->mask();
      for (const int64_t end : text_.end_tokens) EXPECT_EQ(mask.allows(end), row->is_complete());
      if (row->is_closed() || (row->is_complete() && random_() % 3 == 0)) return ids;
      const int64_t id = pick(mask);
      if (const auto forced = row->forced()) {
        EXPECT_EQ(*forced, id);
      }
      row->advance(id);
      ids.push_back(id);
      if (random_() % 8 == 0) look_ahead(*row);
    }
    ADD_FAILURE() << "no end: " << text_.tokenizer.decode(ids, false).substr(0, 200);
    return ids;
  }

  std::string text(const Grammar& grammar) {
    return text_.tokenizer.decode(answer(grammar), /*skip_special_tokens=*/false);
  }

 private:
  int64_t pick(const TokenMask& mask) {
    Ids allowed, ending;
    for (size_t word = 0; word < mask.words().size(); ++word) {
      for (uint32_t bits = mask.words()[word]; bits != 0; bits &= bits - 1) {
        const int64_t id = int64_t(word) * 32 + std::countr_zero(bits);
        if (!text_.is_end(id)) allowed.push_back(id);
      }
    }
    std::ranges::copy_if(closing_, std::back_inserter(ending),
                         [&](int64_t id) { return mask.allows(id); });
    EXPECT_FALSE(allowed.empty());
    const Ids& from = !ending.empty() && random_() % 2 == 0 ? ending : allowed;
    return from[random_() % from.size()];
  }

  /// Tokens taken in and taken back change nothing.
  void look_ahead(TokenConstraint& row) {
    const TokenMask before = row.mask();
    const bool complete = row.is_complete();
    size_t taken = 0;
    for (; taken < 6 && !row.is_closed(); ++taken) row.advance(pick(row.mask()));
    row.retreat(taken);
    EXPECT_TRUE(std::ranges::equal(before.words(), row.mask().words()));
    EXPECT_EQ(row.is_complete(), complete);
  }

  const ChatText& text_;
  std::mt19937_64 random_;
  std::set<int64_t> closing_;
};

class ConstraintTest : public testing::TestWithParam<const char*> {
 protected:
  /// Answers to a schema, each of which is JSON that `valid` is true of.
  void expect_valid(const std::string& schema, const std::function<bool(const Json&)>& valid,
                    int count = 12) {
    const ChatText text = open_text(GetParam());
    const GrammarMaker maker(text);
    const auto grammar = maker.json_schema(schema);
    std::set<std::string> distinct;
    for (int seed = 0; seed < count; ++seed) {
      const std::string answer = Adversary(text, uint64_t(seed)).text(*grammar);
      const Json json = Json::parse(answer, nullptr, false);
      ASSERT_FALSE(json.is_discarded()) << answer;
      EXPECT_TRUE(valid(json)) << answer;
      distinct.insert(answer);
    }
    EXPECT_GT(distinct.size(), 2u);
  }
};

TEST_P(ConstraintTest, RandomTokensGiveJsonOfTheSchema) {
  TUNEVAL_NEED_SHARED_DATA();
  expect_valid(
      R"({"type":"object","properties":{
        "kind":{"enum":["invoice","receipt","it's \"other\" ☂"]},
        "year":{"type":"integer","minimum":1990,"maximum":2030},
        "note":{"type":"string","maxLength":12},
        "lines":{"type":"array","items":{"type":"object","properties":{"n":{"type":"number"},
          "paid":{"type":"boolean"}},"required":["n"]},"minItems":1,"maxItems":3},
        "iban":{"type":"string","pattern":"^[A-Z]{2}[0-9]{4}$"},
        "none":{"type":"null"}},
        "required":["kind","year","lines","iban"]})",
      [](const Json& json) {
        static const std::set<std::string> kinds = {"invoice", "receipt", "it's \"other\" ☂"};
        static const std::set<std::string> keys = {"kind", "year", "note", "lines", "iban", "none"};
        bool valid = kinds.contains(json.at("kind")) && json.at("lines").size() >= 1 &&
                     json.at("lines").size() <= 3 && json.at("year").is_number_integer() &&
                     json.at("year") >= 1990 && json.at("year") <= 2030 &&
                     json.at("iban").get<std::string>().size() == 6;
        for (const auto& [key, value] : json.items()) valid &= keys.contains(key);
        for (const Json& line : json.at("lines")) {
          valid &= line.at("n").is_number() && line.size() <= 2;
          if (line.size() == 2) valid &= line.at("paid").is_boolean();
        }
        return valid;
      });
}

TEST_P(ConstraintTest, DefinitionsAndChoicesAreFollowed) {
  TUNEVAL_NEED_SHARED_DATA();
  expect_valid(
      R"({"$defs":{"tree":{"type":"object","properties":{"v":{"type":"integer"},
          "l":{"$ref":"#/$defs/tree"}},"required":["v"]}},
        "anyOf":[{"$ref":"#/$defs/tree"},{"type":"array","items":{"const":7},"minItems":2}]})",
      [](const Json& json) {
        if (json.is_array()) return json.size() >= 2 && json[0] == 7;
        for (const Json* at = &json; at != nullptr;
             at = at->contains("l") ? &at->at("l") : nullptr) {
          if (!at->at("v").is_number_integer()) return false;
        }
        return true;
      });
}

TEST_P(ConstraintTest, WhatIsAddedToAnObjectIsAddedOnlyWhereTheSchemaSaysSo) {
  TUNEVAL_NEED_SHARED_DATA();
  expect_valid(
      R"({"type":"object","properties":{"a":{"type":"integer"}},"required":["a"],
        "additionalProperties":{"type":"boolean"}})",
      [](const Json& json) {
        bool valid = json.at("a").is_number_integer();
        for (const auto& [key, value] : json.items()) valid &= key == "a" || value.is_boolean();
        return valid;
      });
}

TEST_P(ConstraintTest, RandomTokensGiveOneOfTheAnswers) {
  TUNEVAL_NEED_SHARED_DATA();
  const ChatText text = open_text(GetParam());
  const std::vector<std::string> answers = {"card",
                                            "card_payment",
                                            "card_payment_fee_charged",
                                            "Refund not showing up",
                                            "été ☂",
                                            "card arrival",
                                            "x"};
  const AnswerTrie trie(text, answers);
  std::set<std::string> seen;
  for (uint64_t seed = 0; seed < 200; ++seed) seen.insert(Adversary(text, seed).text(trie));
  EXPECT_EQ(seen, std::set<std::string>(answers.begin(), answers.end()));
  const auto row = trie.start();
  for (const int64_t id : text.tokenizer.encode("card", false)) row->advance(id);
  EXPECT_TRUE(row->is_complete());
  EXPECT_FALSE(row->is_closed());
  EXPECT_EQ(row->forced(), std::nullopt);
}

constexpr const char* kTools = R"([
  {"type":"function","function":{"name":"set_light","parameters":{"type":"object","properties":{
    "room":{"enum":["kitchen","bath"]},"on":{"type":"boolean"},
    "level":{"type":"integer","minimum":0,"maximum":9},
    "tags":{"type":"array","items":{"type":"boolean"},"maxItems":2}},"required":["room","on"]}}},
  {"type":"function","function":{"name":"stop","parameters":{"type":"object","properties":{}}}},
  {"type":"function","function":{"name":"say","parameters":{"type":"object","properties":{
    "text":{"type":"string","maxLength":8},"to":{"$ref":"#/$defs/who"}},
    "required":["to"],"$defs":{"who":{"type":"null"}}}}}])";

bool valid_call(const ToolCall& call) {
  const Json arguments = Json::parse(call.arguments);
  if (call.name == "stop") return arguments.empty();
  if (call.name == "say") return arguments.at("to").is_null() && arguments.size() <= 2;
  static const std::set<std::string> rooms = {"kitchen", "bath"};
  bool valid = call.name == "set_light" && rooms.contains(arguments.at("room")) &&
               arguments.at("on").is_boolean() && arguments.size() <= 4;
  if (arguments.contains("level")) valid &= arguments["level"] >= 0 && arguments["level"] <= 9;
  return valid;
}

TEST_P(ConstraintTest, RandomTokensGiveCallsOfTheTools) {
  TUNEVAL_NEED_SHARED_DATA();
  ChatText text = open_text(GetParam());
  const GrammarMaker maker(text);
  for (const WireForm form : {WireForm::json, WireForm::tagged_json, WireForm::parameters,
                              WireForm::pythonic, WireForm::fenced}) {
    text.wire_form = form;
    const auto grammar = maker.tool_calls(kTools);
    std::set<std::string> names;
    size_t most = 0;
    for (uint64_t seed = 0; seed < 15; ++seed) {
      const std::string answer = Adversary(text, seed).text(*grammar);
      const auto wired = read_wire_calls(answer, form, kTools);
      ASSERT_TRUE(wired) << answer;
      const auto calls = read_calls(*wired);
      ASSERT_TRUE(calls && !calls->empty()) << answer;
      for (const ToolCall& call : *calls) {
        EXPECT_TRUE(valid_call(call)) << answer;
        names.insert(call.name);
      }
      most = std::max(most, calls->size());
    }
    EXPECT_EQ(names.size(), 3u);
    EXPECT_GT(most, 1u);
  }
}

// What the model learns to write has to be among what it may write.
TEST_P(ConstraintTest, WrittenCallsAndJsonAreLetThrough) {
  TUNEVAL_NEED_SHARED_DATA();
  const std::vector<ToolCall> calls = {{"set_light", R"({"room":"bath","on":true,"level":3})"},
                                       {"say", R"({"text":"a \"b\"","to":null})"},
                                       {"stop", "{}"}};
  ChatText text = open_text(GetParam());
  const GrammarMaker maker(text);
  for (const WireForm form : {WireForm::json, WireForm::tagged_json, WireForm::parameters,
                              WireForm::pythonic, WireForm::fenced}) {
    text.wire_form = form;
    const auto grammar = maker.tool_calls(kTools);
    for (const auto& some : {calls, {calls[0]}, {calls[2]}}) {
      const std::string written = write_wire_calls(form, some);
      const auto row = grammar->start();
      for (const int64_t id : text.tokenizer.encode(written, false)) {
        ASSERT_TRUE(row->mask().allows(id)) << written << ": " << *text.tokenizer.id_to_token(id);
        row->advance(id);
      }
      EXPECT_TRUE(row->is_complete()) << written;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Tokenizers, ConstraintTest, testing::Values("smollm2", "qwen3", "phi3"),
                         [](const auto& one) { return std::string(one.param); });

}  // namespace
}  // namespace tuneval
