#include "framework/serve/text_deltas.h"

#include "tests/support/folder.h"
#include "tests/unit/text/byte_tokenizer.h"

#include <gtest/gtest.h>

#include <memory>

namespace tuneval::serve {
namespace {

/// A tokenizer of bytes: every character beyond ASCII takes several tokens.
class TextDeltasTest : public testing::Test {
 protected:
  TextDeltasTest() {
    test::write_text(folder.path() / "tokenizer.json", test::byte_tokenizer({"<|end|>"}).dump());
    tokenizer = std::make_unique<Tokenizer>(Tokenizer::open(folder.path()));
  }
  /// The pieces of a text, without the empty ones; what finish() gives of `whole` comes last.
  std::vector<std::string> pieces(const std::string& text, std::vector<std::string> stops,
                                  const std::string& whole) {
    TextDeltas deltas(*tokenizer, std::move(stops));
    std::vector<std::string> found;
    const auto add = [&](std::string piece) {
      if (!piece.empty()) found.push_back(std::move(piece));
    };
    for (const int64_t id : tokenizer->encode(text, false)) add(deltas.push(id));
    add(deltas.finish(whole));
    return found;
  }
  using Texts = std::vector<std::string>;

  test::TempFolder folder;
  std::unique_ptr<Tokenizer> tokenizer;
};

TEST_F(TextDeltasTest, CharactersComeWhole) {
  EXPECT_EQ(pieces("aé€😀b", {}, "aé€😀b"), (Texts{"a", "é", "€", "😀", "b"}));
}

TEST_F(TextDeltasTest, ACharacterThatNeverEndsIsSaidInTheEnd) {
  TextDeltas deltas(*tokenizer, {});
  const std::vector<int64_t> ids = tokenizer->encode("é", false);
  EXPECT_EQ(deltas.push(tokenizer->encode("a", false)[0]), "a");
  EXPECT_EQ(deltas.push(ids[0]), "");
  EXPECT_EQ(deltas.finish("a\xEF\xBF\xBD"), "\xEF\xBF\xBD");
}

TEST_F(TextDeltasTest, AStopStringNeverLeaks) {
  EXPECT_EQ(pieces("one END two", {"END"}, "one "), (Texts{"o", "n", "e", " "}));
  EXPECT_EQ(pieces("ab", {"abc"}, "ab"), (Texts{"ab"}));     // held, then said after all
  EXPECT_EQ(pieces("aab!", {"ab!"}, "a"), (Texts{"a"}));     // begins inside what was held
  EXPECT_EQ(pieces("abx", {"abc"}, "abx"), (Texts{"abx"}));  // turns out to be none
  EXPECT_EQ(pieces("x€y", {"€y"}, "x"), (Texts{"x"}));
  EXPECT_EQ(pieces("xyz", {"yz", "xyz!"}, "x"), (Texts{"x"}));  // of two, the one that came
}

TEST_F(TextDeltasTest, NothingComesBehindAStop) {
  TextDeltas deltas(*tokenizer, {"."});
  for (const int64_t id : tokenizer->encode("a.", false)) deltas.push(id);
  EXPECT_EQ(deltas.push(tokenizer->encode("b", false)[0]), "");
  EXPECT_EQ(deltas.finish("a"), "");
}

}  // namespace
}  // namespace tuneval::serve
