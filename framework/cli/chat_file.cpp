#include "framework/cli/chat_file.h"

#include "tuneval/config.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>

namespace tuneval::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<const char*, 4> kRoles = {"system", "user", "assistant", "tool"};
constexpr const char* kExpected =
    "expected a JSON list of messages, or an object with \"messages\", on the first line at least";

std::string read_all(const std::string& file) {
  struct Close {
    void operator()(std::FILE* stream) const {
      if (stream != stdin) std::fclose(stream);
    }
  };
  const std::unique_ptr<std::FILE, Close> stream(file == "-" ? stdin
                                                             : std::fopen(file.c_str(), "rb"));
  if (!stream) throw DataError(fmt::format("{}: no such file: {}", file, kExpected));
  std::string text;
  std::array<char, 65536> buffer{};
  while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), stream.get())) {
    text.append(buffer.data(), count);
  }
  if (std::ferror(stream.get())) throw DataError(fmt::format("{}: cannot be read", file));
  return text;
}

/// The file's value, or its first line's where the whole is no JSON.
Json parse(const std::string& text, std::string& where) {
  Json whole = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!whole.is_discarded()) return whole;
  Json line = Json::parse(text.substr(0, text.find('\n')), nullptr, /*allow_exceptions=*/false);
  if (!line.is_discarded()) {
    where += ":1";
    return line;
  }
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    throw DataError(fmt::format("{}: not JSON at byte {}: {}", where, error.byte, kExpected));
  }
}

/// Checks one message; one without text gets an empty one, as the rows of a pack do.
void check_message(const Config& message, Json& json) {
  const std::string role = message.text("role");
  if (std::ranges::find(kRoles, role) == kRoles.end()) {
    message.fail("role",
                 fmt::format("is \"{}\": expected one of {}", role, fmt::join(kRoles, ", ")));
  }
  if (message.has("tool_calls")) {
    message.objects("tool_calls");  // for its refusal of another shape
    if (!message.has("content")) json["content"] = "";
  }
  if (!message.has("content") && !message.has("tool_calls")) message.fail("content", "is missing");
  if (message.has("content")) message.text("content");
}

/// The conversation as task types have it: without names and ids of calls.
Example example_of(const Chat& chat) {
  Example example;
  example.where = chat.where;
  for (const Json& message : chat.messages) {
    const Json calls = message.value("tool_calls", Json());
    example.messages.push_back({message.at("role").get<std::string>(),
                                message.at("content").get<std::string>(),
                                calls.is_null() ? std::string() : calls.dump()});
  }
  if (!chat.tools.is_null()) example.tools = chat.tools.dump();
  example.calls = !chat.tools.is_null();
  return example;
}

/// What of the conversation the model's template would leave out; empty where it shows all.
std::string what_is_not_shown(const ChatText& text, const Chat& chat) {
  std::vector<std::string> unshown;
  const auto holds = [&](const auto& is) { return std::ranges::any_of(chat.messages, is); };
  if (!chat.tools.is_null() && !text.skills.tools) unshown.push_back("tools");
  if (!text.skills.calls && holds([](const Json& m) { return m.contains("tool_calls"); })) {
    unshown.push_back("calls");
  }
  if (!text.skills.results && holds([](const Json& m) { return m.at("role") == "tool"; })) {
    unshown.push_back("results");
  }
  return fmt::format("{}", fmt::join(unshown, ", "));
}

}  // namespace

Chat read_chat(const std::string& file) {
  Chat chat;
  chat.where = file == "-" ? "standard input" : file;
  Json json = parse(read_all(file), chat.where);
  if (json.is_array()) json = Json{{"messages", json}};
  if (!json.is_object()) throw DataError(fmt::format("{}: {}", chat.where, kExpected));
  const Config config = Config::parse(json.dump(), chat.where, ConfigKind::data);
  const std::vector<Config> messages = config.objects("messages");
  chat.messages = json["messages"];
  for (size_t i = 0; i < messages.size(); ++i) check_message(messages[i], chat.messages[i]);
  if (config.has("tools")) {
    config.objects("tools");  // for its refusal of another shape
    chat.tools = json["tools"];
  }
  if (messages.size() > 1 && messages.back().text("role") == "assistant") {
    chat.messages.erase(chat.messages.size() - 1);
    chat.notes.push_back("the last message is the assistant's own answer: it was left out");
  }
  if (chat.messages.empty()) config.fail("messages", "is empty: expected one of the user at least");
  return chat;
}

std::vector<int64_t> chat_ids(const ChatText& text, Chat& chat) {
  const std::string unshown = what_is_not_shown(text, chat);
  if (!text.chat_template || !unshown.empty()) {
    if (!unshown.empty()) {
      chat.notes.push_back(
          fmt::format("the model's template does not show {}: written as text", unshown));
    }
    return prompt_ids(text, example_of(chat));
  }
  try {
    return text.tokenizer.encode(
        text.chat_template->render(chat.messages, chat.tools, /*add_generation_prompt=*/true,
                                   text.variables),
        /*add_special_tokens=*/false);
  } catch (const DataError& error) {
    throw DataError(fmt::format("{}: {}", chat.where, error.what()));
  }
}

std::string chat_answer(const ChatText& text, const Chat& chat, std::span<const int64_t> ids) {
  return completion_text(text, example_of(chat), ids);
}

}  // namespace tuneval::cli
