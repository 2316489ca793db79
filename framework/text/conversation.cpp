#include "framework/text/conversation.h"

#include "framework/text/wire_form.h"
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
  if (const auto id = tokenizer.token_to_id("<|eom_id|>")) ends.push_back(*id);
  std::sort(ends.begin(), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  return ends;
}

std::vector<int64_t> find_call_marks(const Tokenizer& tokenizer) {
  std::vector<int64_t> marks;
  for (const std::string_view mark : kCallMarks) {
    if (const auto id = tokenizer.token_to_id(mark)) marks.push_back(*id);
  }
  return marks;
}

std::string render(const ChatText& text, const ShownConversation& shown, const Json* answer,
                   const Json& variables) {
  Json messages = shown.messages;
  if (answer) messages.push_back(*answer);
  return text.chat_template->render(messages, shown.tools, /*add_generation_prompt=*/!answer,
                                    variables);
}

/// What the template writes behind an answer, e.g. "<|im_end|>\n". Found with a stand-in for the
/// answer: a template may trim or repeat the real one.
std::string text_after_answer(const ChatText& text, const ShownConversation& shown) {
  static const std::string kStandIn = "0the7answer0";
  const Json answer = {{"role", "assistant"}, {"content", kStandIn}};
  const std::string whole = render(text, shown, &answer, text.variables);
  const size_t at = whole.rfind(kStandIn);
  return at == std::string::npos ? std::string() : whole.substr(at + kStandIn.size());
}

/// What the template writes behind the prompt for an answer of calls; null where it does not.
std::optional<std::string> calls_by_template(const ChatText& text, const ShownConversation& shown,
                                             const Json& calls) {
  const bool skilled = calls.size() == 1 ? text.skills.calls : text.skills.several_calls;
  if (!skilled || calls.empty()) return std::nullopt;
  const Json answer = {{"role", "assistant"}, {"content", ""}, {"tool_calls", calls}};
  try {
    const std::string whole = render(text, shown, &answer, text.variables);
    const std::string prompt = render(text, shown, nullptr, text.variables);
    if (!whole.starts_with(prompt)) return std::nullopt;
    return whole.substr(prompt.size());
  } catch (const DataError&) {  // no calls after such messages, say
    return std::nullopt;
  }
}

/// The ids of a target up to its end token.
std::vector<int64_t> target_ids(const ChatText& text, const std::string& target) {
  std::vector<int64_t> ids = text.tokenizer.encode(target, false);
  const auto end =
      std::find_if(ids.begin(), ids.end(), [&](int64_t id) { return text.is_end(id); });
  if (end != ids.end()) {
    ids.erase(end + 1, ids.end());
  } else if (!text.end_tokens.empty()) {
    ids.push_back(text.end_tokens.front());
  }
  return ids;
}

/// Whether a completion of these ids is read as the example's target.
bool reads_back(const ChatText& text, const Example& example, std::span<const int64_t> ids) {
  if (!ids.empty() && text.is_end(ids.back())) ids = ids.first(ids.size() - 1);
  return same_json(answer_text(text.wire_form, example, completion_text(text, example, ids)),
                   example.target);
}

std::vector<int64_t> answer_ids(const ChatText& text, const Example& example) {
  if (!text.chat_template && !example.calls) return target_ids(text, example.target);
  const ShownConversation shown = show_conversation(example, text.wire_form, text.skills);
  std::string target = example.target;
  if (const auto calls = example.calls ? read_calls(target) : std::nullopt) {
    if (const auto written = calls_by_template(text, shown, *template_calls(target))) {
      std::vector<int64_t> ids = target_ids(text, *written);
      if (reads_back(text, example, ids)) return ids;
    }
    target = write_wire_calls(text.wire_form, *calls);
  }
  if (text.chat_template) target += text_after_answer(text, shown);
  return target_ids(text, target);
}

std::string prompt_text_with(const ChatText& text, const Example& example, const Json& variables) {
  const ShownConversation shown = show_conversation(example, text.wire_form, text.skills);
  if (text.chat_template) {
    try {
      return render(text, shown, nullptr, variables);
    } catch (const DataError& error) {
      throw DataError(fmt::format("{}: {}", example.where, error.what()));
    }
  }
  std::string joined;
  for (const Json& message : shown.messages) {
    joined += message.at("content").get_ref<const std::string&>() + "\n\n";
  }
  return joined;
}

}  // namespace

bool ChatText::is_end(int64_t id) const {
  return std::binary_search(end_tokens.begin(), end_tokens.end(), id);
}

ChatText open_chat_text(const std::filesystem::path& folder, Json variables, WireForm wire_form) {
  Tokenizer tokenizer = Tokenizer::open(folder);
  std::optional<ChatTemplate> chat_template = ChatTemplate::open(folder);
  std::vector<int64_t> ends = find_end_tokens(folder, tokenizer);
  std::vector<int64_t> marks = find_call_marks(tokenizer);
  const TemplateSkills skills = find_skills(chat_template, variables);
  return {std::move(tokenizer),
          std::move(chat_template),
          std::move(variables),
          std::move(ends),
          wire_form,
          skills,
          std::move(marks)};
}

std::string prompt_text(const ChatText& text, const Example& example) {
  return prompt_text_with(text, example, text.variables);
}

std::vector<int64_t> prompt_ids(const ChatText& text, const Example& example) {
  return prompt_ids(text, example, text.variables);
}

std::vector<int64_t> prompt_ids(const ChatText& text, const std::string& prompt) {
  return text.tokenizer.encode(prompt, !text.chat_template.has_value());
}

std::vector<int64_t> prompt_ids(const ChatText& text, const Example& example,
                                const Json& variables) {
  return prompt_ids(text, prompt_text_with(text, example, variables));
}

TokenizedExample tokenize(const ChatText& text, const Example& example) {
  TokenizedExample tokenized{prompt_ids(text, example), 0};
  tokenized.prompt_length = int64_t(tokenized.ids.size());
  const std::vector<int64_t> answer = answer_ids(text, example);
  tokenized.ids.insert(tokenized.ids.end(), answer.begin(), answer.end());
  return tokenized;
}

std::string completion_text(const ChatText& text, const Example& example,
                            std::span<const int64_t> ids) {
  const auto marks_calls = [&](int64_t id) {
    return std::ranges::find(text.call_marks, id) != text.call_marks.end();
  };
  if (!example.calls || std::ranges::none_of(ids, marks_calls)) {
    return text.tokenizer.decode(ids, /*skip_special_tokens=*/true);
  }
  const auto special = [&](int64_t id) {
    return text.tokenizer.decode({&id, 1}, true).empty() &&
           !text.tokenizer.decode({&id, 1}, false).empty();
  };
  std::vector<int64_t> kept;
  std::ranges::copy_if(ids, std::back_inserter(kept),
                       [&](int64_t id) { return marks_calls(id) || !special(id); });
  return text.tokenizer.decode(kept, /*skip_special_tokens=*/false);
}

std::string answer_text(WireForm wire_form, const Example& example, std::string_view completion) {
  if (example.calls) {
    if (auto calls = read_wire_calls(completion, wire_form, example.tools))
      return *std::move(calls);
  }
  return std::string(completion);
}

}  // namespace tuneval
