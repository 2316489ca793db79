#include "parts/options.h"
#include "parts/turn.h"
#include "tuneval/metric/text.h"
#include "tuneval/plugin.h"

namespace {

using tuneval::Config;

constexpr int64_t kTokenLimit = 256;

tuneval::Message read_message(const Config& turn) {
  tuneval::Message message{.role = read_role(turn), .content = {}, .tool_calls = {}};
  if (turn.has("tool_calls")) {
    turn.objects("tool_calls");  // for its refusal of another shape
    message.tool_calls = turn.json("tool_calls");
  }
  // A turn that only calls tools has no content, or null.
  if (message.tool_calls.empty() && !turn.has("content")) turn.fail("content", "is missing");
  message.content = read_content(turn, message.role);
  return message;
}

/// Writes the last turn of a conversation: free text. The prompt is the row's other turns and
/// nothing else, so that a model is tuned on the conversations that it will see: the pack's
/// description is for readers, and what the model is to be told stands in the rows' system turns.
class Chat final : public tuneval::TaskType {
 public:
  explicit Chat(const tuneval::TaskOptions& options)
      : max_new_tokens_(read_token_limit(checked(options.options), kTokenLimit)) {}

  tuneval::Example read(const tuneval::Row& row) const override {
    const std::vector<Config> turns = row.objects("messages");
    if (turns.size() < 2) {
      row.fail("messages", "holds " + std::to_string(turns.size()) +
                               " turns: expected a prompt and the assistant's answer");
    }
    tuneval::Example example;
    for (const Config& turn : turns) example.messages.push_back(read_message(turn));
    const tuneval::Message last = std::move(example.messages.back());
    example.messages.pop_back();
    check_answer(turns.back(), last);
    if (row.has("tools")) {
      row.objects("tools");  // for its refusal of another shape
      example.tools = row.json("tools");
    }
    example.target = last.content;
    example.references = {std::string(tuneval::trim(last.content))};
    example.where = row.where();
    example.group = row.text_or("group", row.where());
    return example;
  }

  tuneval::Prediction parse(const tuneval::Example&, std::string_view completion) const override {
    const std::string_view text = tuneval::trim(completion);
    return {!text.empty(), std::string(text)};
  }

  tuneval::Decoding decoding() const override { return {.max_new_tokens = max_new_tokens_}; }

  /// Free text is hardly ever equal to its reference: accuracy is not the headline.
  std::vector<std::string> metrics() const override {
    return {"rouge_l", "accuracy", "format_valid"};
  }

  std::string row_guide() const override {
    return "\"messages\" is a conversation: turns, each an object with \"role\" (system, user or "
           "assistant) and \"content\", a text. The last turn is the assistant's, the answer that "
           "the "
           "model is to learn.";
  }

 private:
  static const Config& checked(const Config& options) {
    tuneval::check_option_names(options, "chat", {"max_new_tokens"});
    return options;
  }

  static void check_answer(const Config& turn, const tuneval::Message& message) {
    if (message.role != "assistant") {
      turn.fail("role",
                "is \"" + message.role + "\": expected the last turn to be the assistant's");
    }
    if (!message.tool_calls.empty()) turn.fail("tool_calls", "cannot be the answer of a chat task");
    if (tuneval::trim(message.content).empty()) turn.fail("content", "is empty");
  }

  int64_t max_new_tokens_;
};

const tuneval::TaskSample kSample = {
    .rows = {
        R"({"messages": [{"role": "user", "content": "Say hello."},
                         {"role": "assistant", "content": "Hello!"}]})",
        R"({"messages": [{"role": "system", "content": "Count on."},
                         {"role": "user", "content": "One, two,"},
                         {"role": "assistant", "content": "three\nfour"}]})",
    }};

}  // namespace

TUNEVAL_PLUGIN("chat", "0.1.0") {
  const auto make = [](const tuneval::TaskOptions& options) {
    return std::make_shared<Chat>(options);
  };
  registry.add_task_type("chat", make, kSample);
}
