#include "framework/serve/grammar_cache.h"

#include "tests/support/folder.h"
#include "tests/support/toy_models.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>

namespace tuneval::serve {
namespace {

TEST(GrammarCacheTest, WhatWasMadeIsFoundAgain) {
  const LoadedModel model = test::open_toy("qwen3_tied");
  GrammarCache cache(*model.text);
  const auto first = cache.json_schema(R"({"type": "integer"})");
  EXPECT_EQ(cache.json_schema(R"({"type": "integer"})"), first);
  EXPECT_NE(cache.json_schema(R"({"type": "string"})"), first);
}

TEST(GrammarCacheTest, AFormThatIsTooLongIsRefusedUnread) {
  const LoadedModel model = test::open_toy("qwen3_tied");
  GrammarCache cache(*model.text);
  const std::string schema =
      R"({"type": "integer", "description": ")" + std::string(300'000, 'x') + "\"}";
  EXPECT_THAT(test::message_of<DataError>([&] { cache.json_schema(schema); }),
              testing::HasSubstr("at most 262144"));
}

}  // namespace
}  // namespace tuneval::serve
