#include "framework/serve/grammar_cache.h"

#include "framework/text/conversation.h"
#include "tests/support/folder.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>

namespace tuneval::serve {
namespace {

/// Of a model whose tokens stand for bytes.
ChatText tiny_text() {
  return open_chat_text(TUNEVAL_SOURCE_DIR "/models/tiny-qwen3", nlohmann::ordered_json::object());
}

TEST(GrammarCacheTest, WhatWasMadeIsFoundAgain) {
  const ChatText text = tiny_text();
  GrammarCache cache(text);
  const auto first = cache.json_schema(R"({"type": "integer"})");
  EXPECT_EQ(cache.json_schema(R"({"type": "integer"})"), first);
  EXPECT_NE(cache.json_schema(R"({"type": "string"})"), first);
}

TEST(GrammarCacheTest, AFormThatIsTooLongIsRefusedUnread) {
  const ChatText text = tiny_text();
  GrammarCache cache(text);
  const std::string schema =
      R"({"type": "integer", "description": ")" + std::string(300'000, 'x') + "\"}";
  EXPECT_THAT(test::message_of<DataError>([&] { cache.json_schema(schema); }),
              testing::HasSubstr("at most 262144"));
}

}  // namespace
}  // namespace tuneval::serve
