#include "framework/text/tokenizer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "tests/unit/text/support.h"
#include "tuneval/error.h"

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using test::expect_contains;
using test::message_of;
using test::TempFolder;
using test::write_text;

static_assert(std::is_move_constructible_v<Tokenizer> && !std::is_copy_constructible_v<Tokenizer>);

/// The tokenizer of shared data's tokenizers/NAME; gpt2 has no configuration of its own there.
Tokenizer open_shared(const std::string& name) {
  const fs::path shared = test::shared_data();
  if (name == "stories260K-hf") return Tokenizer::open(shared / "checkpoints" / name);
  const fs::path folder = shared / "tokenizers" / name;
  if (name != "gpt2") return Tokenizer::open(folder);
  const TempFolder temp;
  for (const char* file : {"vocab.json", "merges.txt"}) {
    fs::create_symlink(fs::absolute(folder / file), temp.path() / file);
  }
  write_text(temp.path() / "tokenizer_config.json",
             R"({"tokenizer_class": "GPT2Tokenizer", "eos_token": "<|endoftext|>"})");
  return Tokenizer::open(temp.path());
}

std::vector<std::string> split(const std::string& text, const std::string& separator) {
  std::vector<std::string> parts;
  size_t begin = 0;
  for (size_t end; (end = text.find(separator, begin)) != std::string::npos;
       begin = end + separator.size()) {
    parts.push_back(text.substr(begin, end - begin));
  }
  parts.push_back(text.substr(begin));
  return parts;
}

struct Parity {
  const char* tokenizer;
  const char* file;
};

class ParityTexts : public testing::TestWithParam<Parity> {};

TEST_P(ParityTexts, GiveTheExpectedIds) {
  TUNEVAL_NEED_SHARED_DATA();
  const Tokenizer tokenizer = open_shared(GetParam().tokenizer);
  const fs::path base = test::shared_data() / "tokenizers" / "llama.cpp-parity";
  const std::string name = std::string("ggml-vocab-") + GetParam().file + ".gguf";
  const auto texts = split(test::read_text(base / (name + ".inp")), "\n__ggml_vocab_test__\n");
  const auto lines = split(test::read_text(base / (name + ".out")), "\n");
  ASSERT_EQ(texts.size(), 47u);
  ASSERT_EQ(lines.size(), texts.size());
  for (size_t i = 0; i < texts.size(); ++i) {
    std::istringstream numbers(lines[i]);
    const std::vector<int64_t> expected{std::istream_iterator<int64_t>(numbers), {}};
    EXPECT_EQ(tokenizer.encode(texts[i], false), expected) << texts[i];
  }
}

INSTANTIATE_TEST_SUITE_P(All, ParityTexts,
                         testing::Values(Parity{"qwen3", "qwen2"}, Parity{"gpt2", "gpt-2"},
                                         Parity{"phi3", "phi-3"}),
                         [](const auto& one) { return std::string(one.param.tokenizer); });

class Reference : public testing::TestWithParam<const char*> {};

/// Ids and texts equal those of transformers: made by oracle/encode_texts.py.
TEST_P(Reference, EncodesAndDecodesAsTransformers) {
  TUNEVAL_NEED_SHARED_DATA();
  const auto fixture = nlohmann::json::parse(
      test::read_text(fs::path(__FILE__).parent_path() / "fixtures" / "token_ids.json"));
  const Tokenizer tokenizer = open_shared(GetParam());
  const auto& expected = fixture.at("tokenizers").at(GetParam());
  EXPECT_EQ(tokenizer.vocab_size(), expected.at("size").get<size_t>());
  EXPECT_EQ(tokenizer.max_id(), expected.at("max_id").get<int64_t>());
  const auto texts = fixture.at("texts").get<std::vector<std::string>>();
  const auto batch = tokenizer.encode_batch(texts, false);
  ASSERT_EQ(batch.size(), texts.size());
  for (size_t i = 0; i < texts.size(); ++i) {
    SCOPED_TRACE(texts[i]);
    const auto& row = expected.at("rows").at(i);
    const auto ids = row.at("ids").get<std::vector<int64_t>>();
    EXPECT_EQ(tokenizer.encode(texts[i], false), ids);
    EXPECT_EQ(batch[i], ids);
    EXPECT_EQ(tokenizer.encode(texts[i], true), row.at("with_special").get<std::vector<int64_t>>());
    EXPECT_EQ(tokenizer.decode(ids, false), row.at("decoded").get<std::string>());
    EXPECT_EQ(tokenizer.decode(ids, true), row.at("decoded_plain").get<std::string>());
    for (const bool skip : {false, true}) {
      TokenStream stream(tokenizer, skip);
      std::string text;
      for (const int64_t id : ids) text += stream.push(id);
      EXPECT_EQ(text + stream.finish(), tokenizer.decode(ids, skip));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, Reference,
                         testing::Values("qwen3", "smollm2", "phi3", "gpt2", "stories260K-hf"),
                         [](const auto& one) {
                           std::string name = one.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST(Tokenizer, KnowsSpecialTokensByName) {
  TUNEVAL_NEED_SHARED_DATA();
  const Tokenizer tokenizer = open_shared("qwen3");
  EXPECT_EQ(tokenizer.token_to_id("<|im_start|>"), 151644);
  EXPECT_EQ(tokenizer.token_to_id("<|im_end|>"), 151645);
  EXPECT_EQ(tokenizer.token_to_id("no such token"), std::nullopt);
  EXPECT_EQ(tokenizer.token_to_id("\xff"), std::nullopt);
  EXPECT_EQ(tokenizer.id_to_token(151645), "<|im_end|>");
  EXPECT_EQ(tokenizer.id_to_token(-1), std::nullopt);
  EXPECT_EQ(tokenizer.id_to_token(int64_t{1} << 40), std::nullopt);
  EXPECT_EQ(tokenizer.encode("<|im_start|>", false), std::vector<int64_t>{151644});
  const std::vector<int64_t> ids = {151644, -5, 9707, int64_t{1} << 33, 5000000};
  EXPECT_EQ(tokenizer.decode(ids, true), "Hello");
}

TEST(Tokenizer, RefusesTextThatIsNotUtf8) {
  TUNEVAL_NEED_SHARED_DATA();
  const Tokenizer tokenizer = open_shared("qwen3");
  expect_contains(message_of<DataError>([&] { tokenizer.encode("ab\xff", false); }),
                  "not UTF-8 at byte 2");
  const std::vector<std::string> texts = {"fine", "\xc3"};
  expect_contains(message_of<DataError>([&] { tokenizer.encode_batch(texts, false); }),
                  "not UTF-8");
  EXPECT_TRUE(tokenizer.encode_batch({}, false).empty());
}

TEST(Tokenizer, ServesManyThreads) {
  TUNEVAL_NEED_SHARED_DATA();
  const Tokenizer tokenizer = open_shared("smollm2");
  const std::string text = "The same words in every thread, 你好 🌍.";
  const auto expected = tokenizer.encode(text, false);
  std::vector<std::vector<int64_t>> results(8);
  std::vector<std::thread> threads;
  for (auto& result : results) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) result = tokenizer.encode(text, false);
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& result : results) EXPECT_EQ(result, expected);
}

TEST(TokenStream, HoldsBackUnfinishedCharacters) {
  TUNEVAL_NEED_SHARED_DATA();
  const Tokenizer tokenizer = open_shared("gpt2");
  const auto ids = tokenizer.encode("a🌍b", false);
  ASSERT_GT(ids.size(), 3u);  // the globe takes several tokens
  TokenStream stream(tokenizer, true);
  std::vector<std::string> pieces;
  for (const int64_t id : ids) {
    if (const std::string piece = stream.push(id); !piece.empty()) pieces.push_back(piece);
  }
  EXPECT_EQ(pieces, (std::vector<std::string>{"a", "🌍", "b"}));
  EXPECT_EQ(stream.finish(), "");
  stream.push(ids[1]);
  EXPECT_EQ(stream.finish(), "\xEF\xBF\xBD");
  EXPECT_EQ(stream.finish(), "");
}

// A byte-level vocabulary of letters, small enough to read.
constexpr const char* kVocab = R"({"a": 0, "b": 1, "ab": 2, "Ġ": 3})";
constexpr const char* kMerges = "#version: 0.2\na b\n";

void write_small(const fs::path& folder, const std::string& config) {
  write_text(folder / "vocab.json", kVocab);
  write_text(folder / "merges.txt", kMerges);
  write_text(folder / "tokenizer_config.json", config);
}

TEST(TokenizerFiles, VocabularyAndMergesMakeATokenizer) {
  const TempFolder temp;
  write_small(temp.path(),
              R"({"tokenizer_class": "Qwen2TokenizerFast", "eos_token": {"content": "<e>"},
    "added_tokens_decoder": {"5": {"content": "<f>", "special": false},
                             "4": {"content": "<e>", "special": true}}})");
  const Tokenizer tokenizer = Tokenizer::open(temp.path());
  EXPECT_EQ(tokenizer.encode("ab<e>b <f>", true), (std::vector<int64_t>{2, 4, 1, 3, 5}));
  EXPECT_EQ(tokenizer.decode(std::vector<int64_t>{2, 4, 1, 3, 5}, true), "abb <f>");
  EXPECT_EQ(tokenizer.vocab_size(), 6u);
  EXPECT_EQ(tokenizer.max_id(), 5);
}

TEST(TokenizerFiles, EveryFaultNamesItsFile) {
  const TempFolder temp;
  const auto open_error = [&] {
    return message_of<ConfigError>([&] { Tokenizer::open(temp.path()); });
  };
  expect_contains(message_of<ConfigError>([&] { Tokenizer::open(temp.path() / "nowhere"); }),
                  "expected tokenizer.json, or vocab.json and merges.txt");
  write_text(temp.path() / "vocab.json", kVocab);
  expect_contains(open_error(), temp.path().string());
  write_text(temp.path() / "merges.txt", kMerges);
  expect_contains(open_error(), "tokenizer_config.json: is missing");
  write_small(temp.path(), "[");
  expect_contains(open_error(), "tokenizer_config.json: is not JSON");
  write_small(temp.path(), "[]");
  expect_contains(open_error(), "expected a JSON object");
  write_small(temp.path(), R"({"tokenizer_class": "BertTokenizer"})");
  expect_contains(open_error(),
                  "\"tokenizer_class\" is \"BertTokenizer\": expected Qwen2Tokenizer");
  const std::string gpt2 = R"({"tokenizer_class": "GPT2Tokenizer")";
  write_small(temp.path(), gpt2 + R"(, "added_tokens_decoder": {"9": {"content": "<e>"}}})");
  expect_contains(open_error(), "gives \"<e>\" the id 9: the vocabulary gives it 4");
  write_small(temp.path(), gpt2 + R"(, "added_tokens_decoder": {"x": {"content": "<e>"}}})");
  expect_contains(open_error(), "\"x\" is not an id");
  write_small(temp.path(), gpt2 + R"(, "added_tokens_decoder": {"4": {}}})");
  expect_contains(open_error(), "has no \"content\"");
  write_small(temp.path(), gpt2 + "}");
  write_text(temp.path() / "merges.txt", "a q\n");
  expect_contains(open_error(), "vocab.json");
  write_text(temp.path() / "vocab.json", "{\"a\": ");
  expect_contains(open_error(), "vocab.json");
  write_text(temp.path() / "tokenizer.json", "{\"version\": \"1.0\"}");
  expect_contains(open_error(), "tokenizer.json: is not a tokenizer");
  write_text(temp.path() / "tokenizer.json", "\xff\xfe");
  expect_contains(open_error(), "tokenizer.json: is not a tokenizer");
}

}  // namespace
}  // namespace tuneval
