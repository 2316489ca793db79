#include "framework/text/conversation.h"

#include "tuneval/config.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace tuneval {

using Json = nlohmann::ordered_json;

namespace {

std::optional<Config> read_config(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return std::nullopt;
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  return Config::parse(text, file.string());
}

std::vector<int64_t> end_ids(const Config& config) {
  if (!config.has("eos_token_id")) return {};
  if (config.is_array("eos_token_id")) return config.integers("eos_token_id");
  return {config.integer("eos_token_id")};
}

std::vector<int64_t> find_end_tokens(const std::filesystem::path& folder,
                                     const Tokenizer& tokenizer) {
  std::vector<int64_t> ends;
  if (const auto generation = read_config(folder / "generation_config.json")) {
    ends = end_ids(*generation);
  }
  if (ends.empty()) {
    if (const auto config = read_config(folder / "config.json")) ends = end_ids(*config);
  }
  const auto named = read_config(folder / "tokenizer_config.json");
  if (named && named->has("eos_token")) {
    const std::string token = named->is_text("eos_token")
                                  ? named->text("eos_token")
                                  : named->object("eos_token").text("content");
    if (const auto id = tokenizer.token_to_id(token)) ends.push_back(*id);
  }
  std::sort(ends.begin(), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  return ends;
}

Json to_json(const Message& message) {
  Json json = {{"role", message.role}, {"content", message.content}};
  if (!message.tool_calls.empty()) json["tool_calls"] = Json::parse(message.tool_calls);
  return json;
}

std::string render(const ChatText& text, const Example& example, const std::string* answer) {
  Json messages = Json::array();
  for (const Message& message : example.messages) messages.push_back(to_json(message));
  if (answer) messages.push_back({{"role", "assistant"}, {"content", *answer}});
  const Json tools = example.tools.empty() ? Json() : Json::parse(example.tools);
  return text.chat_template->render(messages, tools, /*add_generation_prompt=*/!answer,
                                    text.variables);
}

/// What the template writes behind an answer, e.g. "<|im_end|>\n". Found with a stand-in for the
/// answer: a template may trim or repeat the real one.
std::string text_after_answer(const ChatText& text, const Example& example) {
  static const std::string kStandIn = "0the7answer0";
  const std::string whole = render(text, example, &kStandIn);
  const size_t at = whole.rfind(kStandIn);
  return at == std::string::npos ? std::string() : whole.substr(at + kStandIn.size());
}

}  // namespace

bool ChatText::is_end(int64_t id) const {
  return std::binary_search(end_tokens.begin(), end_tokens.end(), id);
}

ChatText open_chat_text(const std::filesystem::path& folder, Json variables) {
  Tokenizer tokenizer = Tokenizer::open(folder);
  std::vector<int64_t> ends = find_end_tokens(folder, tokenizer);
  return {std::move(tokenizer), ChatTemplate::open(folder), std::move(variables), std::move(ends)};
}

std::string prompt_text(const ChatText& text, const Example& example) {
  if (text.chat_template) {
    try {
      return render(text, example, nullptr);
    } catch (const DataError& error) {
      throw DataError(fmt::format("{}: {}", example.where, error.what()));
    }
  }
  std::string joined;
  for (const Message& message : example.messages) joined += message.content + "\n\n";
  return joined;
}

std::vector<int64_t> prompt_ids(const ChatText& text, const Example& example) {
  return text.tokenizer.encode(prompt_text(text, example), !text.chat_template.has_value());
}

TokenizedExample tokenize(const ChatText& text, const Example& example) {
  TokenizedExample tokenized{prompt_ids(text, example), 0};
  tokenized.prompt_length = int64_t(tokenized.ids.size());
  std::string target = example.target;
  if (text.chat_template) target += text_after_answer(text, example);
  std::vector<int64_t> answer = text.tokenizer.encode(target, false);
  const auto end =
      std::find_if(answer.begin(), answer.end(), [&](int64_t id) { return text.is_end(id); });
  if (end != answer.end()) {
    answer.erase(end + 1, answer.end());
  } else if (!text.end_tokens.empty()) {
    answer.push_back(text.end_tokens.front());
  }
  tokenized.ids.insert(tokenized.ids.end(), answer.begin(), answer.end());
  return tokenized;
}

}  // namespace tuneval
