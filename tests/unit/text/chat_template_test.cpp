#include "framework/text/chat_template.h"

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/text/support.h"
#include "tuneval/error.h"

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;
using test::expect_contains;
using test::message_of;

const Json kNull;
const Json kUser = Json::parse(R"([{"role": "user", "content": "Hi"}])");

/// What transformers rendered: made by oracle/render_templates.py.
const Json& fixture() {
  static const Json json = Json::parse(test::read_text(
      std::filesystem::path(__FILE__).parent_path() / "fixtures" / "templates.json"));
  return json;
}

ChatTemplate with_fixed_time(std::string source, const Json& special_tokens) {
  ChatTemplate chat(std::move(source), special_tokens);
  chat.set_now(std::chrono::system_clock::time_point(
      std::chrono::seconds(fixture().at("now").get<int64_t>())));
  return chat;
}

/// Compares a render with what the reference gave: a text, or a refusal (with its words where they
/// are the template's).
template <class Render>
void expect_as_reference(const Json& expected, Render&& render) {
  std::string text;
  try {
    text = render();
  } catch (const Error& error) {
    ASSERT_TRUE(expected.contains("refused")) << error.what() << "\nexpected:\n"
                                              << expected.at("text").get<std::string>();
    expect_contains(error.what(), expected.at("refused").get<std::string>());
    return;
  }
  ASSERT_TRUE(expected.contains("text")) << "not refused: " << text;
  EXPECT_EQ(text, expected.at("text").get<std::string>());
}

class RealTemplate : public testing::TestWithParam<const char*> {};

TEST_P(RealTemplate, RendersAsTransformers) {
  TUNEVAL_NEED_SHARED_DATA();
  const std::string name = GetParam();
  const auto path = test::shared_data() / "chat_templates" / (name + ".jinja");
  const Json& expected = fixture().at("templates").at(name);
  const ChatTemplate chat = with_fixed_time(test::read_text(path), expected.at("special_tokens"));
  size_t count = 0;
  for (const Json& result : expected.at("results")) {
    for (const Json& one : result.at("cases")) {
      SCOPED_TRACE(name + " " + one.dump());
      expect_as_reference(result, [&] {
        return chat.render(fixture().at("conversations").at(one[0].get<std::string>()),
                           fixture().at("tools").at(one[1].get<std::string>()), one[3].get<bool>(),
                           fixture().at("extras").at(one[2].get<std::string>()));
      });
      ++count;
    }
  }
  EXPECT_EQ(count, 118u);
}

INSTANTIATE_TEST_SUITE_P(All, RealTemplate,
                         testing::Values("gemma3", "lfm2", "lfm2_2_5", "llama3", "llama3_1",
                                         "llama3_2", "qwen2_5", "qwen3", "qwen3_instruct_2507",
                                         "smollm2"),
                         [](const auto& one) { return std::string(one.param); });

TEST(ChatTemplate, FeaturesRenderAsInTransformers) {
  const Json& snippets = fixture().at("snippets");
  for (const Json& one : snippets.at("results")) {
    const auto source = one.at("source").get<std::string>();
    SCOPED_TRACE(source);
    expect_as_reference(one, [&] {
      const ChatTemplate chat =
          with_fixed_time(source, Json::parse(R"({"eos_token": "<|im_end|>"})"));
      return chat.render(fixture().at("conversations").at("one_user"), kNull, false,
                         snippets.at("extra"));
    });
  }
}

TEST(ChatTemplate, KeepsTheOrderOfToolSchemas) {
  const ChatTemplate chat("{{ tools | tojson }}", Json::object());
  const Json tools =
      Json::parse(R"([{"z": 1, "a": {"y": [1.0, 1e30, 18446744073709551615], "b": "é<"}}])");
  EXPECT_EQ(chat.render(kUser, tools, false, kNull),
            R"([{"z": 1, "a": {"y": [1.0, 1e+30, 18446744073709551615], "b": "é<"}}])");
}

TEST(ChatTemplate, EndsTemplatesThatDoTooMuch) {
  const std::vector<std::string> hostile = {
      "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
      "{% for a in range(99999) %}{{ 'x' * 99999 }}{% endfor %}",
      "{{ 'x' * 99999999999 }}",
      "{% set n = namespace(t='xx') %}{% for i in range(99) %}{% set n.t = n.t ~ n.t %}{% endfor "
      "%}",
      "{{ 'x'.ljust(99999999999) }}",
      "{{ 'x'.zfill(99999999999) }}",
      "{{ 'x' | center(99999999999) }}",
      "{{ 'x\\ny' | indent(99999999999) }}",
      "{{ range(99999999) | list }}",
      "{% macro m(n) %}{{ m(n) }}{% endmacro %}{{ m(1) }}",
      "{% macro m(n) %}{{ n }}{{ m(n + 1) }}{{ m(n + 1) }}{% endmacro %}{{ m(1) }}",
      "{{ strftime_now('%c' * 99999) }}",
      "{{ [1] | tojson(indent=99999999) }}",
      "{{ '%99999999999s' | format('x') }}",
      "{{ '{:99999999999}'.format('x') }}",
      "{% include 'chat_template' %}",
      "{% extends 'chat_template' %}",
  };
  for (const std::string& source : hostile) {
    SCOPED_TRACE(source);
    const ChatTemplate chat(source, Json::object());
    const auto start = std::chrono::steady_clock::now();
    expect_contains(message_of<DataError>([&] { chat.render(kUser, kNull, false, kNull); }),
                    "chat template: ");
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
  }
}

std::string repeated(const std::string& text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

TEST(ChatTemplate, SourcesNestedDeeplyDoNotRunOutOfStack) {
  for (const int depth : {1000, 4000, 100000}) {
    const std::vector<std::string> sources = {
        "{{ " + repeated("(", depth) + "1" + repeated(")", depth) + " }}",
        "{{ " + repeated("[", depth) + "1" + repeated("]", depth) + " }}",
        "{{ " + repeated("not ", depth) + "1 }}",
        "{{ " + repeated("-", depth) + "1 }}",
        "{{ 1" + repeated("+1", depth) + " }}",
        "{{ 1" + repeated("**1", depth) + " }}",
        "{{ 1" + repeated("|abs", depth) + " }}",
        "{{ x" + repeated(".x", depth) + " }}",
        "{{ 1" + repeated(" if 1 else 1", depth) + " }}",
        "{{ 1" + repeated(" and 1", depth) + " }}",
        "{% if 1 %}" + repeated("{% elif 1 %}", depth) + "{% endif %}",
        repeated("{% if 1 %}", depth) + repeated("{% endif %}", depth),
    };
    for (const std::string& source : sources) {
      SCOPED_TRACE(source.substr(0, 40));
      try {  // some are templates, some are not: none may end the process
        const ChatTemplate chat(source, Json::object());
        chat.render(kUser, kNull, false, kNull);
      } catch (const Error& error) {
        expect_contains(error.what(), "chat template: ");
      }
    }
  }
  const std::string long_tag = "{{ 1" + repeated("+1", 10000) + " }}";
  expect_contains(message_of<ConfigError>([&] { ChatTemplate(long_tag, Json::object()); }),
                  "bytes of code");
  const std::string long_source = std::string((1 << 20) + 1, 'x');
  expect_contains(message_of<ConfigError>([&] { ChatTemplate(long_source, Json::object()); }),
                  "at most");
}

TEST(ChatTemplate, SaysWhereATemplateIsBroken) {
  const std::string message =
      message_of<ConfigError>([] { ChatTemplate("ok\n{% if %}", Json::object()); });
  expect_contains(message, "chat template: line 2: ");
  expect_contains(message_of<ConfigError>([] { ChatTemplate("\xff", Json::object()); }),
                  "chat template: ");
  const ChatTemplate chat("a\n\n{{ raise_exception('no ' ~ messages[0].role) }}", Json::object());
  EXPECT_EQ(message_of<DataError>([&] { chat.render(kUser, kNull, false, kNull); }),
            "chat template: line 3: no user");
}

TEST(ChatTemplate, RefusesWhatIsNoConversation) {
  const ChatTemplate chat("x", Json::object());
  const auto error = [&](const Json& messages, const Json& tools, const Json& extra) {
    return message_of<DataError>([&] { chat.render(messages, tools, false, extra); });
  };
  expect_contains(error(Json::array(), kNull, kNull), "at least one message");
  expect_contains(error(kNull, kNull, kNull), "at least one message");
  expect_contains(error(Json::parse("[1]"), kNull, kNull), "message 0 is a JSON number");
  expect_contains(error(kUser, Json::object(), kNull), "\"tools\" must be a list");
  expect_contains(error(kUser, Json::parse("[1]"), kNull), "every tool must be an object");
  expect_contains(error(kUser, kNull, Json::array()), "must be an object");
  const Json broken = Json::array({Json{{"role", "user"}, {"content", "\xff"}}});
  expect_contains(error(broken, kNull, kNull), "not UTF-8");
  Json deep = "x";
  for (int i = 0; i < 500; ++i) deep = Json::array({deep});
  expect_contains(error(Json::array({Json{{"role", "user"}, {"content", deep}}}), kNull, kNull),
                  "not JSON");
}

TEST(ChatTemplate, ShowsTheGivenTimeInUtc) {
  ChatTemplate chat("{{ strftime_now('%Y-%m-%d %H:%M') }}", Json::object());
  EXPECT_EQ(chat.render(kUser, kNull, false, kNull).size(), 16u);
  chat.set_now(std::chrono::system_clock::time_point(std::chrono::seconds(86400 * 365)));
  EXPECT_EQ(chat.render(kUser, kNull, false, kNull), "1971-01-01 00:00");
}

TEST(ChatTemplate, ServesManyThreads) {
  const ChatTemplate chat("{% for i in range(50) %}{{ i }}{% endfor %}", Json::object());
  const std::string expected = chat.render(kUser, kNull, false, kNull);
  std::vector<std::string> results(8);
  std::vector<std::thread> threads;
  for (auto& result : results) {
    threads.emplace_back(
        [&result, copy = chat] { result = copy.render(kUser, kNull, false, kNull); });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& result : results) EXPECT_EQ(result, expected);
}

}  // namespace
}  // namespace tuneval
