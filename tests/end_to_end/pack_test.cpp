// `tuneval pack new`, `check` and `show` as a user calls them.
#include "tests/end_to_end/program.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace tuneval::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class PackTest : public ProgramTest {
 protected:
  /// Output of a call that has to succeed.
  static std::string out_of(const std::vector<std::string>& arguments) {
    const Outcome outcome = tuneval(arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err << outcome.out;
    return outcome.out;
  }
  static std::string model(const std::string& name) {
    return fmt::format("{}/models/{}", TUNEVAL_SOURCE_DIR, name);
  }
};

TEST_F(PackTest, ANewPackIsMadeCheckedAndShown) {
  const std::string pack = (folder_ / "mail").string();
  EXPECT_THAT(out_of({"pack", "new", "mail", "--type", "classification", "--to", pack}),
              HasSubstr("24 train rows, 20 test rows, 0 errors, 0 warnings"));
  EXPECT_THAT(out_of({"pack", "check", pack}), HasSubstr("0 errors, 0 warnings"));

  const std::string plain = out_of({"pack", "show", pack, "--row", "2"});
  EXPECT_THAT(plain, StartsWith(fmt::format("=== {}/train.jsonl:2\n--- user\nSay here", pack)));
  EXPECT_THAT(plain, HasSubstr("\nTwo pizzas, please. (2 June, 15:13)\n--- target\norder\n"
                               "--- reference\norder\n"));

  const std::string shown =
      out_of({"pack", "show", pack, "--split", "test", "--model", model("tiny-qwen3")});
  EXPECT_THAT(shown, HasSubstr("/test.jsonl:1\n--- prompt, "));
  EXPECT_THAT(shown, HasSubstr(" tokens\n<|im_start|>user\nSay here"));
  EXPECT_THAT(shown, HasSubstr("<|im_end|>\n--- reference\nquestion\n"));

  const std::string escaped =
      out_of({"pack", "show", pack, "--model", model("tiny-qwen3"), "--escape"});
  EXPECT_THAT(escaped, HasSubstr("\n<|im_start|>user\\nSay here"));

  const Outcome again = tuneval({"pack", "new", "mail", "--type", "chat", "--to", pack});
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.err, HasSubstr("is not empty: expected a new or empty folder"));
}

TEST_F(PackTest, AConversationIsShownAnswerByAnswer) {
  const std::string pack = (folder_ / "tools").string();
  out_of({"pack", "new", "tools", "--type", "tool_calling", "--to", pack});
  const std::string plain = out_of({"pack", "show", pack, "--row", "2"});
  EXPECT_THAT(plain, HasSubstr("train.jsonl:2, example 1 of 2\n--- tools\n[{"));
  EXPECT_THAT(plain, HasSubstr("train.jsonl:2, example 2 of 2\n"));
  EXPECT_THAT(plain, HasSubstr("--- target, calls\n[{\"name\":\"stop\",\"arguments\":{}}]\n"));
  for (const char* name : {"tiny-qwen3", "tiny-llama", "tiny-lfm2", "tiny-gemma3"}) {
    const std::string shown = out_of({"pack", "show", pack, "--row", "2", "--model", model(name)});
    EXPECT_THAT(shown, HasSubstr("--- target, ")) << name;
    EXPECT_THAT(shown, HasSubstr("stop")) << name;
  }
}

TEST_F(PackTest, ShotsGoBeforeThePromptWhereTheyAreAskedFor) {
  const std::string pack = (folder_ / "mail").string();
  out_of({"pack", "new", "mail", "--type", "classification", "--to", pack});
  const auto toml = folder_ / "mail/pack.toml";
  write_file(toml, read_file(toml) + "shots = 2\n");
  EXPECT_THAT(out_of({"pack", "show", pack}), Not(HasSubstr("--- assistant")));
  const std::string shown = out_of({"pack", "show", pack, "--shots"});
  EXPECT_THAT(shown, HasSubstr("train.jsonl:1, 2 shots\n"));
  EXPECT_THAT(shown, HasSubstr("--- assistant\n"));
}

TEST_F(PackTest, WhatCannotBeShownIsRefused) {
  const std::string pack = (folder_ / "mail").string();
  out_of({"pack", "new", "mail", "--type", "classification", "--to", pack});
  const Outcome far = tuneval({"pack", "show", pack, "--row", "25"});
  EXPECT_EQ(far.exit_code, 2);
  EXPECT_THAT(far.err, HasSubstr("train.jsonl: there is no row 25: it holds 24 rows"));
  EXPECT_EQ(tuneval({"pack", "show", pack, "--row", "0"}).exit_code, 2);
  EXPECT_EQ(tuneval({"pack", "show", pack, "--split", "dev"}).exit_code, 2);
  const Outcome type = tuneval({"pack", "new", "x", "--type", "clasification", "--to", pack + "2"});
  EXPECT_EQ(type.exit_code, 2);
  EXPECT_THAT(type.err, HasSubstr("no task type \"clasification\""));
}

}  // namespace
}  // namespace tuneval::testing
