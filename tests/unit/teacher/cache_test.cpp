#include "asked.h"

#include "framework/teacher/reply_cache.h"

namespace tuneval::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using Cache = TeacherTest;

TEST_F(Cache, WhatWasPaidForIsNotAskedAgain) {
  ScriptedTeacher server;
  server.push({calls({{{"name", "f"}, {"arguments", {{"x", 1}}}}}), cut_off("half"), filtered(),
               says_nothing(), no_choice()});
  TeacherOptions options = options_for(server);
  options.output_price = 1.0;
  options.concurrency = 1;
  const auto first = ask_all(*teacher(options, true), requests(7));
  ASSERT_EQ(server.seen().size(), 7u);
  const auto again = teacher(options, true);
  const auto second = ask_all(*again, requests(7));
  EXPECT_EQ(server.seen().size(), 7u);
  ASSERT_EQ(second.size(), 7u);
  for (const auto& [index, reply] : second) {
    EXPECT_EQ(reply.outcome, first.at(index).outcome);
    EXPECT_EQ(reply.text, first.at(index).text);
    EXPECT_EQ(reply.calls, first.at(index).calls);
    EXPECT_EQ(reply.answer_tokens, 5);
    EXPECT_TRUE(reply.cached);
    EXPECT_EQ(reply.cost, 0.0);
    EXPECT_EQ(reply.attempts, 0);
  }
  EXPECT_EQ(again->usage().cached, 7);
  EXPECT_EQ(again->usage().asked, 0);
  EXPECT_EQ(again->usage().cost, 0.0);
}

TEST_F(Cache, WhatWasNotPaidForIsAskedAgain) {
  ScriptedTeacher server;
  TeacherStep error = says("half");
  error.body.replace(error.body.find("\"stop\""), 6, "\"error\"");
  server.push({fails(400, "no"), truncated(), fails(503, "down"), error});
  TeacherOptions options = options_for(server);
  options.retries = 0;
  for (int i = 0; i < 4; ++i) {
    EXPECT_FALSE(teacher(options, true)->ask(request("hello")).answered());
  }
  EXPECT_TRUE(cache_files().empty());
  EXPECT_TRUE(teacher(options, true)->ask(request("hello")).answered());
}

TEST_F(Cache, EverythingThatMayChangeTheAnswerTellsRequestsApart) {
  ScriptedTeacher server;
  const TeacherOptions options = options_for(server);
  TeacherOptions model = options, extra = options, temperature = options;
  model.model = "wiser";
  extra.extra_body["top_p"] = 0.5;
  temperature.temperature = 0.1;
  TeacherRequest variant = request("a"), seed = request("a");
  variant.variant = 1;
  seed.seed = 7;
  teacher(options, true)->ask(request("a"));
  EXPECT_FALSE(teacher(model, true)->ask(request("a")).cached);
  EXPECT_FALSE(teacher(extra, true)->ask(request("a")).cached);
  EXPECT_FALSE(teacher(temperature, true)->ask(request("a")).cached);
  EXPECT_FALSE(teacher(options, true)->ask(variant).cached);
  EXPECT_FALSE(teacher(options, true)->ask(seed).cached);
  EXPECT_FALSE(teacher(options, true)->ask(request("b")).cached);
  EXPECT_TRUE(teacher(options, true)->ask(request("a")).cached);
  EXPECT_TRUE(teacher(options, true)->ask(variant).cached);
}

TEST_F(Cache, TheNumberOfRequestsAtOnceDoesNot) {
  ScriptedTeacher server;
  TeacherOptions options = options_for(server);
  teacher(options, true)->ask(request("a"));
  options.concurrency = 1;
  options.retries = 0;
  options.timeout = 7.0;
  EXPECT_TRUE(teacher(options, true)->ask(request("a")).cached);
}

TEST_F(Cache, ADamagedEntryIsAskedAgainAndNamed) {
  ScriptedTeacher server;
  const TeacherOptions options = options_for(server);
  teacher(options, true)->ask(request("a"));
  ASSERT_EQ(cache_files().size(), 1u);
  const std::filesystem::path file = cache_files()[0];
  const std::string whole = read_text(file);
  std::string changed = whole;
  changed.replace(changed.find("echo: a"), 7, "echo: b");
  for (const std::string& damaged :
       {whole.substr(0, whole.size() / 2), std::string(), std::string("[]"), changed}) {
    write_text(file, damaged);
    warnings_.clear();
    const TeacherReply reply = teacher(options, true)->ask(request("a"));
    EXPECT_FALSE(reply.cached);
    EXPECT_EQ(reply.text, "echo: a");
    EXPECT_THAT(warnings_, ElementsAre(AllOf(HasSubstr(file.string()), HasSubstr("asked again"))));
    EXPECT_EQ(read_text(file), whole);
  }
}

TEST_F(Cache, AlikeRequestsOfOneRoundArePaidOnce) {
  ScriptedTeacher server([](const auto&, int64_t) { return slow(says("yes"), 0.02); });
  const std::vector<TeacherRequest> alike(16, request("the same"));
  const auto replies = ask_all(*teacher(options_for(server), true), alike);
  EXPECT_EQ(replies.size(), 16u);
  for (const auto& [index, reply] : replies) EXPECT_EQ(reply.text, "yes");
  EXPECT_EQ(server.seen().size(), 1u);
}

TEST_F(Cache, WithoutAFolderNothingIsKept) {
  ScriptedTeacher server;
  const auto asked = teacher(options_for(server));
  asked->ask(request("a"));
  EXPECT_FALSE(asked->ask(request("a")).cached);
  EXPECT_EQ(server.seen().size(), 2u);
}

TEST_F(Cache, AnAnswerThatCannotBeKeptStopsTheRound) {
  ScriptedTeacher server;
  write_text(cache_folder(), "a file where the folder should be");
  const auto asked = teacher(options_for(server), true);
  EXPECT_THAT(message_of<RecordError>([&] { asked->ask(request("a")); }),
              HasSubstr(cache_folder().string()));
}

TEST(ReplyCacheKey, PartsDoNotRunIntoEachOther) {
  EXPECT_NE(ReplyCache::key_of("ab", "c", 0), ReplyCache::key_of("a", "bc", 0));
  EXPECT_NE(ReplyCache::key_of("a", "b", 1), ReplyCache::key_of("a", "b", 2));
  EXPECT_EQ(ReplyCache::key_of("a", "b", 1).size(), 64u);
}

}  // namespace
}  // namespace tuneval::test
