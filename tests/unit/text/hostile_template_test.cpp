// Chat templates that would take all of the memory or the stack.
#include "framework/text/chat_template.h"
#include "framework/text/tokenizer.h"
#include "tests/unit/text/support.h"
#include "tuneval/error.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;
using test::expect_contains;
using test::message_of;

std::string render(const ChatTemplate& chat) {
  static const Json user = Json::parse(R"([{"role": "user", "content": "Hi"}])");
  return chat.render(user, nullptr, false, nullptr);
}

/// A template in which n.t is small in memory, and 2^40 texts of a kilobyte when it is written.
std::string doubled(const std::string& then) {
  return "{% set n = namespace(t='x' * 1000) %}{% for i in range(40) %}"
         "{% set n.t = [n.t, n.t] %}{% endfor %}" +
         then;
}

/// One in which `n`.t lies in some ten thousand lists.
std::string nested(const std::string& n) {
  return "{% set " + n + " = namespace(t=[]) %}{% for i in range(15000) %}{% set " + n + ".t = [[" +
         n + ".t]] %}{% endfor %}";
}

TEST(HostileTemplate, WhatDoublesAValueIsStoppedAndNotRunAgain) {
  // Not more of them: what was taken stays so until the process ends.
  for (const char* then : {"{{ n.t }}", "{{ n.t ~ 'x' }}", "{{ raise_exception(n.t) }}"}) {
    SCOPED_TRACE(then);
    const ChatTemplate chat(doubled(then), Json::object());
    expect_contains(message_of<DataError>([&] { render(chat); }),
                    "chat template: it needs more than 128 MiB for one conversation");
    expect_contains(message_of<DataError>([&] { render(chat); }), "it is not run again");
  }
  // Another template is not touched by that, nor is one that holds the value and does not write it.
  EXPECT_EQ(render(ChatTemplate(doubled("ok"), Json::object())), "ok");
}

TEST(HostileTemplate, JsonOfSuchAValueIsPaidFor) {
  const ChatTemplate chat(doubled("{{ n.t | tojson }}"), Json::object());
  expect_contains(message_of<DataError>([&] { render(chat); }), "it does too much work");
  expect_contains(message_of<DataError>([&] { render(chat); }), "it does too much work");
}

TEST(HostileTemplate, ValuesInValuesDoNotRunOutOfStack) {
  for (const std::string& source :
       {nested("n") + "ok", nested("n") + "{{ n.t }}", nested("n") + "{{ n.t | tojson }}",
        nested("n") + "{{ n.t ~ '' }}", nested("n") + nested("m") + "{{ n.t == m.t }}"}) {
    SCOPED_TRACE(source.substr(source.size() - 20));
    try {  // some are rendered, some are refused: none may end the process
      render(ChatTemplate(source, Json::object()));
    } catch (const DataError& error) {
      expect_contains(error.what(), "chat template: ");
    }
  }
}

TEST(HostileTokenizer, AHugeFileIsRefusedUnread) {
  const test::TempFolder temp;
  const auto file = temp.path() / "tokenizer.json";
  test::write_text(file, "");
  std::filesystem::resize_file(file, uintmax_t{8} << 30);  // sparse
  expect_contains(message_of<ConfigError>([&] { Tokenizer::open(temp.path()); }),
                  file.string() + ": is larger than 256 MiB");
}

}  // namespace
}  // namespace tuneval
