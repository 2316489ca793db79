#include "asked.h"

#include <fmt/format.h>

namespace tuneval::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kKey = "sk-secret/0123456789-abcdef";

class Key : public TeacherTest {
 protected:
  static TeacherOptions with_key(const ScriptedTeacher& server) {
    TeacherOptions options = options_for(server);
    options.api_key_env = "TUNEVAL_TEST_KEY";
    return options;
  }
  const Variable variable_{"TUNEVAL_TEST_KEY", kKey};
};

TEST_F(Key, IsSentAsBearer) {
  ScriptedTeacher server;
  EXPECT_TRUE(teacher(with_key(server))->ask(request("hello")).answered());
  EXPECT_EQ(server.seen().at(0).authorization, "Bearer " + kKey);
  EXPECT_THAT(server.seen().at(0).body, Not(HasSubstr(kKey)));
}

TEST_F(Key, IsNotSentWhereNoneIsNamed) {
  ScriptedTeacher server;
  teacher(options_for(server))->ask(request("hello"));
  EXPECT_EQ(server.seen().at(0).authorization, "");
}

TEST_F(Key, IsInNoErrorThoughTheServerEchoesIt) {
  ScriptedTeacher server;
  server.push({fails(401, "Incorrect API key provided: " + kKey)});
  const auto asked = teacher(with_key(server));
  EXPECT_THAT(message_of<TeacherError>([&] { asked->ask(request("hello")); }),
              AllOf(HasSubstr("provided: [key]"), Not(HasSubstr(kKey))));
}

TEST_F(Key, IsInNoRedirectsMessage) {
  ScriptedTeacher server;
  TeacherStep step;
  step.status = 302;
  step.headers = {{"Location", "http://127.0.0.1:9/?key=" + kKey}};
  server.push({step});
  const auto asked = teacher(with_key(server));
  EXPECT_THAT(message_of<TeacherError>([&] { asked->ask(request("hello")); }),
              AllOf(HasSubstr("127.0.0.1:9"), Not(HasSubstr(kKey))));
}

TEST_F(Key, IsInNoMessageOfAReply) {
  ScriptedTeacher server;
  TeacherStep plain;
  plain.status = 400;
  plain.body = "who is " + kKey + "?";  // no JSON
  server.push({fails(422, "who is " + kKey + "?"), plain});
  const auto asked = teacher(with_key(server));
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(asked->ask(request("hello")).message, HasSubstr("who is [key]?"));
  }
}

TEST_F(Key, IsInNoFile) {
  ScriptedTeacher server;
  TeacherStep escaped = says("slashes");
  escaped.body.replace(escaped.body.find("slashes"), 7, R"(sk-secret\/0123456789-abcd\u0065f)");
  server.push({says("your key is " + kKey), escaped});
  TeacherOptions options = with_key(server);
  options.extra_body["user"] = kKey;  // a slip that must not get into the cache
  const auto asked = teacher(options, true);
  EXPECT_EQ(asked->ask(request("hello")).text, "your key is [key]");
  EXPECT_EQ(asked->ask(request("and now")).text, "[key]");
  ASSERT_EQ(cache_files().size(), 2u);
  for (const auto& file : cache_files()) {
    EXPECT_THAT(read_text(file), Not(HasSubstr(kKey)));
    EXPECT_THAT(read_text(file), Not(HasSubstr("0123456789")));
    EXPECT_THAT(file.string(), Not(HasSubstr("secret")));
  }
}

TEST_F(Key, DoesNotDecideWhatTheCacheKnows) {
  ScriptedTeacher server;
  teacher(with_key(server), true)->ask(request("hello"));
  EXPECT_TRUE(teacher(options_for(server), true)->ask(request("hello")).cached);
}

TEST_F(Key, AVariableThatIsNotThereIsNamed) {
  ScriptedTeacher server;
  TeacherOptions options = options_for(server);
  options.api_key_env = "TUNEVAL_NO_SUCH_KEY";
  EXPECT_EQ(message_of<TeacherError>([&] { teacher(options); }),
            "run.toml:30:1: the environment variable \"TUNEVAL_NO_SUCH_KEY\" is not set: expected "
            "the teacher's key in it");
  // This is a key, put where its variable's name should be.
  options.api_key_env = "gsk_0123456789abcdef";
  EXPECT_THAT(message_of<TeacherError>([&] { teacher(options); }),
              AllOf(HasSubstr("is not set"), Not(HasSubstr("gsk_"))));
}

TEST_F(Key, WhatIsNoKeyIsRefusedUnshown) {
  ScriptedTeacher server;
  const auto fault = [&](const std::string& value) {
    const Variable variable("TUNEVAL_TEST_KEY", value);
    return message_of<TeacherError>([&] { teacher(with_key(server)); });
  };
  EXPECT_THAT(fault(""), HasSubstr("is empty"));
  EXPECT_THAT(fault("hidden\r\nX-Header: 1"),
              AllOf(HasSubstr("holds a space"), Not(HasSubstr("hidden"))));
}

TEST_F(Key, AShortOneIsAPlaceholderAndNoSecret) {
  const Variable variable("TUNEVAL_TEST_KEY", "none");
  ScriptedTeacher server;
  server.push({says("there is none")});
  EXPECT_EQ(teacher(with_key(server))->ask(request("hello")).text, "there is none");
}

}  // namespace
}  // namespace tuneval::test
