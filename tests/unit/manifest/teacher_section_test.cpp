#include "framework/manifest/teacher_section.h"

#include "manifest_folder.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

namespace tuneval {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string kTeacher =
    "[teacher]\nbase_url = \"https://host/v1\"\nmodel = \"gpt-oss-120b\"\n";

TEST_F(ManifestTest, WithoutTheirSectionsThereIsNoTeacherAndNoJudge) {
  const Manifest manifest = read(kEntries);
  EXPECT_FALSE(manifest.teacher);
  EXPECT_FALSE(manifest.judge);
  EXPECT_TRUE(manifest.baselines.empty());
}

TEST_F(ManifestTest, FillsInEveryDefaultOfATeacher) {
  const Manifest manifest = read(kEntries + kTeacher);
  ASSERT_TRUE(manifest.teacher);
  const TeacherOptions& teacher = *manifest.teacher;
  EXPECT_EQ(teacher.base_url, "https://host/v1");
  EXPECT_EQ(teacher.model, "gpt-oss-120b");
  EXPECT_EQ(teacher.api_key_env, "");
  EXPECT_EQ(teacher.temperature, 0.7);
  EXPECT_FALSE(teacher.max_tokens);
  EXPECT_EQ(teacher.concurrency, 8);
  EXPECT_EQ(teacher.retries, 6);
  EXPECT_FALSE(teacher.spending_limit);
  EXPECT_EQ(teacher.extra_body.dump(), "{}");
  EXPECT_TRUE(teacher.score);
  EXPECT_EQ(teacher.shots, 0);
  EXPECT_EQ(teacher.margin, 0.0);
  EXPECT_THAT(teacher.where, testing::EndsWith("run.toml:5:1"));
}

TEST_F(ManifestTest, ReadsEveryKeyOfATeacher) {
  const Manifest manifest = read(kEntries + R"(
[teacher]
base_url = "http://127.0.0.1:8080/v1/"
model = "own"
api_key_env = "MY_KEY"
temperature = 1
max_tokens = 500
concurrency = 16
requests_per_minute = 60
tokens_per_minute = 90000
connect_timeout = 2.5
timeout = 60
retries = 0
input_price = 0.15
output_price = 0.6
spending_limit = 20
score = false
shots = 3
margin = 0.02
[teacher.extra_body]
top_p = 0.9
chat_template_kwargs = { enable_thinking = false }
)");
  ASSERT_TRUE(manifest.teacher);
  const TeacherOptions& teacher = *manifest.teacher;
  EXPECT_EQ(teacher.api_key_env, "MY_KEY");
  EXPECT_EQ(teacher.temperature, 1.0);
  EXPECT_EQ(teacher.max_tokens, 500);
  EXPECT_EQ(teacher.concurrency, 16);
  EXPECT_EQ(teacher.requests_per_minute, 60);
  EXPECT_EQ(teacher.tokens_per_minute, 90000);
  EXPECT_EQ(teacher.connect_timeout, 2.5);
  EXPECT_EQ(teacher.timeout, 60.0);
  EXPECT_EQ(teacher.retries, 0);
  EXPECT_EQ(teacher.input_price, 0.15);
  EXPECT_EQ(teacher.output_price, 0.6);
  EXPECT_EQ(teacher.spending_limit, 20.0);
  EXPECT_FALSE(teacher.score);
  EXPECT_EQ(teacher.shots, 3);
  EXPECT_EQ(teacher.margin, 0.02);
  EXPECT_EQ(teacher.extra_body.dump(),
            R"({"top_p":0.9,"chat_template_kwargs":{"enable_thinking":false}})");
}

TEST_F(ManifestTest, TheTeacherJudgesAtTemperatureZeroUnlessThereIsAJudge) {
  const Manifest manifest = read(kEntries + kTeacher + "shots = 2\napi_key_env = \"K\"\n");
  ASSERT_TRUE(manifest.judge);
  EXPECT_EQ(manifest.judge->server.model, "gpt-oss-120b");
  EXPECT_EQ(manifest.judge->server.api_key_env, "K");
  EXPECT_EQ(manifest.judge->server.temperature, 0.0);
  EXPECT_EQ(manifest.judge->server.shots, 0);
  EXPECT_EQ(manifest.judge->repeats, 1);
}

TEST_F(ManifestTest, WhatAJudgeLeavesOutIsAsInTheTeacher) {
  const Manifest manifest = read(kEntries + kTeacher +
                                 "api_key_env = \"K\"\nconcurrency = 3\ninput_price = 2\n"
                                 "[judge]\nrepeats = 5\ntemperature = 0.3\n");
  ASSERT_TRUE(manifest.judge);
  const TeacherOptions& server = manifest.judge->server;
  EXPECT_EQ(server.base_url, "https://host/v1");
  EXPECT_EQ(server.model, "gpt-oss-120b");
  EXPECT_EQ(server.api_key_env, "K");
  EXPECT_EQ(server.concurrency, 3);
  EXPECT_EQ(server.input_price, 2.0);
  EXPECT_EQ(server.temperature, 0.3);
  EXPECT_EQ(manifest.judge->repeats, 5);
  EXPECT_THAT(server.where, testing::EndsWith("run.toml:11:1"));
}

TEST_F(ManifestTest, AnotherModelOfTheSameServerHasPricesOfItsOwn) {
  const Manifest manifest = read(kEntries + kTeacher +
                                 "api_key_env = \"K\"\ninput_price = 2\nspending_limit = 5\n"
                                 "[judge]\nbase_url = \"https://host/v1/\"\nmodel = \"other\"\n");
  ASSERT_TRUE(manifest.judge);
  const TeacherOptions& server = manifest.judge->server;
  EXPECT_EQ(server.model, "other");
  EXPECT_EQ(server.api_key_env, "K");
  EXPECT_EQ(server.input_price, 0.0);
  EXPECT_FALSE(server.spending_limit);
  EXPECT_EQ(manifest.teacher->model, "gpt-oss-120b");
  EXPECT_EQ(manifest.teacher->spending_limit, 5.0);
}

TEST_F(ManifestTest, AJudgeOnAnotherServerDoesNotGetTheTeachersKey) {
  const Manifest manifest = read(
      kEntries + kTeacher +
      "api_key_env = \"K\"\ninput_price = 2\nspending_limit = 5\nextra_body = { top_p = 0.5 }\n"
      "[judge]\nbase_url = \"https://elsewhere/v1\"\n");
  ASSERT_TRUE(manifest.judge);
  EXPECT_EQ(manifest.judge->server.base_url, "https://elsewhere/v1");
  EXPECT_EQ(manifest.judge->server.api_key_env, "");
  EXPECT_EQ(manifest.judge->server.input_price, 0.0);
  EXPECT_FALSE(manifest.judge->server.spending_limit);
  EXPECT_TRUE(manifest.judge->server.extra_body.empty());
}

TEST_F(ManifestTest, AJudgeNeedsNoTeacher) {
  const Manifest manifest =
      read(kEntries + "[judge]\nbase_url = \"https://host/v1\"\nmodel = \"m\"\n");
  EXPECT_FALSE(manifest.teacher);
  ASSERT_TRUE(manifest.judge);
  EXPECT_EQ(manifest.judge->server.temperature, 0.0);
}

TEST_F(ManifestTest, ReadsBaselines) {
  EXPECT_THAT(
      read("run.baselines = [\"seed_only\", \"majority\", \"nearest\"]\n" + kEntries).baselines,
      ElementsAre("seed_only", "majority", "nearest"));
}

TEST_F(ManifestTest, OverridesReachTheTeacher) {
  const Manifest manifest = read(
      kEntries + kTeacher,
      {"teacher.concurrency=2", "judge.repeats=3", "teacher.base_url=http://127.0.0.1:8080/v1"});
  EXPECT_EQ(manifest.teacher->concurrency, 2);
  EXPECT_EQ(manifest.teacher->base_url, "http://127.0.0.1:8080/v1");
  EXPECT_EQ(manifest.judge->repeats, 3);
  EXPECT_EQ(manifest.judge->server.base_url, "http://127.0.0.1:8080/v1");
}

struct TeacherRefusal {
  std::string name, text, message;
};

class TeacherRefuses : public ManifestTest, public testing::WithParamInterface<TeacherRefusal> {};

TEST_P(TeacherRefuses, WithPlaceFoundAndExpected) {
  EXPECT_EQ(error(GetParam().text), GetParam().message);
}

/// A line of [teacher] beyond those of kTeacher: it is line 8.
TeacherRefusal line(const std::string& name, const std::string& text, const std::string& message) {
  return {name, kEntries + kTeacher + text + "\n", "run.toml:8:" + message};
}

INSTANTIATE_TEST_SUITE_P(
    All, TeacherRefuses,
    testing::Values(
        TeacherRefusal{"NoAddress", kEntries + "[teacher]\nmodel = \"m\"\n",
                       "run.toml:5:1: [teacher] has no \"base_url\""},
        TeacherRefusal{"NoModel", kEntries + "[teacher]\nbase_url = \"http://h/v1\"\n",
                       "run.toml:5:1: [teacher] has no \"model\""},
        TeacherRefusal{"JudgeWithoutAModel", kEntries + "[judge]\nbase_url = \"http://h/v1\"\n",
                       "run.toml:5:1: [judge] has no \"model\""},
        TeacherRefusal{"NoAddressAtAll",
                       kEntries + "[teacher]\nbase_url = \"host/v1\"\nmodel = \"m\"\n",
                       "run.toml:6:12: \"base_url\" in [teacher] is \"host/v1\": expected one that "
                       "begins with https:// or http://"},
        line("UnknownKey", "temprature = 1",
             "1: unknown key \"temprature\" in [teacher]: did you mean \"temperature\"?"),
        line("LiteralKey", "api_key = \"sk-123\"",
             "11: \"api_key\" in [teacher] holds a key, which belongs in no file: expected "
             "\"api_key_env\", the name of the environment variable that holds it"),
        line("KeyForAVariable", "api_key_env = \"sk-123\"",
             "15: \"api_key_env\" in [teacher] is no name of an environment variable (it is not "
             "shown, as it may be a key): expected letters, digits and underscores, as in "
             "\"TEACHER_API_KEY\""),
        line("TooHot", "temperature = 2.5",
             "15: \"temperature\" in [teacher] is 2.5: expected a number from 0 to 2"),
        line("NoTokens", "max_tokens = 0",
             "14: \"max_tokens\" in [teacher] is 0: expected at least 1"),
        line("TooManyAtOnce", "concurrency = 257",
             "15: \"concurrency\" in [teacher] is 257: expected a number from 1 to 256"),
        line("NegativePace", "tokens_per_minute = -1",
             "21: \"tokens_per_minute\" in [teacher] is -1: expected at least 0"),
        line("NoTime", "timeout = 0",
             "11: \"timeout\" in [teacher] is 0: expected seconds, above 0 and up to 86400"),
        line("NegativeRetries", "retries = -1",
             "11: \"retries\" in [teacher] is -1: expected a number from 0 to 100"),
        line("NegativePrice", "input_price = -0.5",
             "15: \"input_price\" in [teacher] is -0.5: expected 0 or more"),
        line("LimitWithoutAPrice", "spending_limit = 5",
             "18: \"spending_limit\" in [teacher] is set, but neither \"input_price\" nor "
             "\"output_price\" is: without a price nothing costs anything"),
        line("OwnField", "extra_body = { stream = true }",
             "14: \"extra_body\" in [teacher] holds \"stream\", which tuneval writes itself"),
        line("NoTable", "extra_body = 3", "14: \"extra_body\" in [teacher] is 3: expected a table"),
        line("NegativeShots", "shots = -1", "9: \"shots\" in [teacher] is -1: expected at least 0"),
        line("NegativeMargin", "margin = -0.1",
             "10: \"margin\" in [teacher] is -0.1: expected 0 or more"),
        TeacherRefusal{"JudgeThatNeverJudges", kEntries + kTeacher + "[judge]\nrepeats = 0\n",
                       "run.toml:9:11: \"repeats\" in [judge] is 0: expected at least 1"},
        TeacherRefusal{"UnknownBaseline", "run.baselines = [\"majorty\"]\n" + kEntries,
                       "run.toml:1:17: \"baselines\" in [run] holds \"majorty\": did you mean "
                       "\"majority\"?"},
        TeacherRefusal{"BaselineTwice", "run.baselines = [\"nearest\", \"nearest\"]\n" + kEntries,
                       "run.toml:1:17: \"baselines\" in [run] holds \"nearest\" more than once"}),
    [](const auto& refusal) { return refusal.param.name; });

TEST_F(ManifestTest, SomeKeysAreTheTeachersAloneAndOneTheJudges) {
  for (const char* key : {"shots", "score", "margin"}) {
    EXPECT_THAT(error(kEntries + kTeacher + "[judge]\n" + key + " = 1\n"),
                HasSubstr("unknown key \"" + std::string(key) + "\" in [judge]"));
  }
  EXPECT_THAT(error(kEntries + kTeacher + "repeats = 2\n"),
              HasSubstr("unknown key \"repeats\" in [teacher]"));
}

TEST_F(ManifestTest, KeysAreNotShownThoughAnOverrideHoldsThem) {
  for (const char* key : {"teacher.api_key", "teacher.api_key_env", "judge.api_key"}) {
    const std::string message = error(kEntries + kTeacher, {std::string(key) + "=sk-123"});
    EXPECT_THAT(message, HasSubstr("--set " + std::string(key) + ": "));
    EXPECT_THAT(message, Not(HasSubstr("sk-123")));
  }
}

TEST_F(ManifestTest, NorAreKeysUnderOtherNames) {
  for (const char* name : {"apikey", "api-key", "api_token", "OPENAI_API_KEY", "secret", "password",
                           "authorization", "credentials"}) {
    const std::string message =
        error(kEntries + kTeacher, {"teacher." + std::string(name) + "=sk-123"});
    EXPECT_THAT(message, HasSubstr("holds a key, which belongs in no file")) << name;
    EXPECT_THAT(message, Not(HasSubstr("sk-123")));
  }
  EXPECT_THAT(error(kEntries + kTeacher + "max_token = 5\n"),
              HasSubstr("did you mean \"max_tokens\"?"));
}

TEST(BaseUrl, FaultsAreNamedAndPasswordsNotShown) {
  EXPECT_FALSE(base_url_fault("https://host/v1"));
  EXPECT_FALSE(base_url_fault("http://[::1]:8080"));
  EXPECT_FALSE(base_url_fault("https://host/a@b/v1"));
  for (const char* url : {"https://me:hidden@host/v1", "me:hidden@host/v1", "http://hidden@h"}) {
    const auto fault = base_url_fault(url);
    ASSERT_TRUE(fault) << url;
    EXPECT_THAT(*fault, Not(HasSubstr("hidden")));
  }
  for (const char* url : {"", "host", "http://", "https:///v1", "http://a b/", "http://h?x=1"}) {
    EXPECT_TRUE(base_url_fault(url)) << url;
  }
}

TEST_F(ManifestTest, TheTeachersPageIsRead) {
  std::ifstream file(TUNEVAL_SOURCE_DIR "/docs/teacher.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  const std::string fence = "```toml\n";
  ASSERT_NE(page.find(fence), page.npos);
  const size_t begin = page.find(fence) + fence.size();
  const Manifest manifest = read(kEntries + page.substr(begin, page.find("```", begin) - begin));
  ASSERT_TRUE(manifest.teacher);
  ASSERT_TRUE(manifest.judge);
  EXPECT_EQ(manifest.judge->repeats, 3);
}

}  // namespace
}  // namespace tuneval
