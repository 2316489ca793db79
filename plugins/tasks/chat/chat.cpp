#include "tuneval/metric/text.h"
#include "tuneval/plugin.h"

#include <algorithm>
#include <array>

namespace {

using tuneval::Config;

constexpr std::array<std::string_view, 4> kRoles = {"system", "user", "assistant", "tool"};

tuneval::Message read_message(const Config& turn) {
  tuneval::Message message{.role = turn.text("role"), .content = {}, .tool_calls = {}};
  if (std::ranges::find(kRoles, message.role) == kRoles.end()) {
    turn.fail("role", "is \"" + message.role + "\": expected system, user, assistant or tool");
  }
  if (turn.has("tool_calls")) {
    turn.objects("tool_calls");  // for its refusal of another shape
    message.tool_calls = turn.json("tool_calls");
  }
  // A turn that only calls tools has no content, or null.
  message.content = message.tool_calls.empty() ? turn.text("content") : turn.text_or("content", "");
  return message;
}

/// Writes the last turn of a conversation: free text.
class Chat final : public tuneval::TaskType {
 public:
  explicit Chat(const tuneval::TaskOptions& options) {
    const Config& table = options.options;
    for (const std::string& key : table.keys()) {
      if (key != "max_new_tokens")
        table.fail(key, "is not an option of chat: expected max_new_tokens");
    }
    max_new_tokens_ = table.integer_or("max_new_tokens", 256);
    if (max_new_tokens_ < 1) table.fail("max_new_tokens", "is below 1");
  }

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

  tuneval::Decoding decoding() const override { return {max_new_tokens_, {}}; }

  std::vector<std::string> metrics() const override {
    return {"accuracy", "rouge_l", "format_valid"};
  }

 private:
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
