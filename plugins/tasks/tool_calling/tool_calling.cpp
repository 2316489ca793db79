#include "guide.h"
#include "parts/options.h"
#include "refusal.h"
#include "sample.h"
#include "toolbox.h"
#include "tuneval/metric/text.h"
#include "tuneval/plugin.h"
#include "tuneval/task/prompt.h"
#include "turns.h"

namespace {

using tuneval::Config;
using tuneval::Example;
using tuneval::ToolCall;

constexpr int64_t kTokenLimit = 256;

/// What stands before every conversation. The tools themselves are shown by the model's template.
std::string default_prompt(bool refusals) {
  return std::string(
             "You work by calling tools.\n\n"
             "<task_description>\n{description}\n</task_description>\n\n") +
         (refusals ? "Answer with tool calls; where no tool fits, say so in words."
                   : "Every answer is made of tool calls and nothing else.");
}

/// Calls tools, in a conversation of one turn or of many.
class ToolCalling final : public tuneval::TaskType {
 public:
  explicit ToolCalling(const tuneval::TaskOptions& options)
      : refusals_(checked(options.options).flag_or("refusals", false)),
        constrained_(options.options.flag_or("constrained", false)),
        max_new_tokens_(read_token_limit(options.options, kTokenLimit)),
        system_(tuneval::PromptTemplate(options.options, "prompt", default_prompt(refusals_),
                                        {{"description", options.description}}, {})
                    .of()) {
    if (options.options.has("tools")) tools_ = read_tools(options.options);
    if (refusals_ && constrained_) {
      options.options.fail("constrained",
                           "is true with \"refusals\": an answer held to calls cannot refuse");
    }
  }

  /// The last example of the row: the one with the whole conversation.
  Example read(const tuneval::Row& row) const override { return std::move(read_all(row).back()); }

  std::vector<Example> read_all(const tuneval::Row& row) const override {
    const bool benchmark_form = !row.has("messages") && row.has("question");
    std::vector<Example> examples =
        benchmark_form ? read_question(row, tools_of(row)) : read_messages(row, tools_of(row));
    for (Example& example : examples) {
      read_extras(row, example);
      if (example.group.empty() && examples.size() > 1) example.group = row.where();
    }
    return examples;
  }

  tuneval::Prediction parse(const Example&, std::string_view completion) const override {
    const std::string_view text = tuneval::trim(completion);
    if (may_be_calls(text)) {
      if (const auto calls = tuneval::read_calls(text)) {
        return {true, tuneval::write_calls(*calls)};
      }
    }
    if (!refusals_ || !is_refusal(text)) return {};
    return {true, "[]"};
  }

  tuneval::Decoding decoding() const override {
    return {
        .max_new_tokens = max_new_tokens_,
        .constraint = constrained_ ? tuneval::Constraint::tool_calls : tuneval::Constraint::none};
  }

  std::vector<std::string> metrics() const override {
    return {"tool_call_equivalence", "binary_tool_call", "staged_tool_call", "format_valid"};
  }

  std::vector<std::string> review(const std::vector<Example>& examples) const override {
    ArgumentCheck check;
    Findings findings;
    for (const Example& example : examples) {
      for (const std::string& fault : faults_of(example, check)) {
        findings.add(example.where + ": " + fault);
      }
    }
    return findings.take();
  }

  std::string row_guide() const override { return guide_to_rows(refusals_, tools_); }

  std::vector<std::string> doubts(const Example& example) const override {
    ArgumentCheck check;
    return faults_of(example, check);
  }

  /// The tool that is called first.
  std::string kind_of(const Example& example) const override {
    const auto calls = tuneval::read_calls(example.target);
    return !calls || calls->empty() ? kNoCall : calls->front().name;
  }

 private:
  static const Config& checked(const Config& options) {
    tuneval::check_option_names(options, "tool_calling",
                                {"tools", "prompt", "max_new_tokens", "constrained", "refusals"});
    return options;
  }

  /// Calls whose arguments do not fit their tool.
  static std::vector<std::string> faults_of(const Example& example, ArgumentCheck& check) {
    std::vector<std::string> faults;
    const auto calls = tuneval::read_calls(example.target);
    for (const ToolCall& call : calls.value_or(std::vector<ToolCall>())) {
      const std::string fault = check.fault(example.tools, call.name, call.arguments);
      if (fault.empty()) continue;
      faults.push_back("the call of " + call.name + " does not fit its tool: " + fault);
    }
    return faults;
  }

  /// Whether it can be an array of objects: most text is told apart without parsing it.
  static bool may_be_calls(std::string_view text) {
    if (!text.starts_with('[')) return false;
    const std::string_view inside = tuneval::trim(text.substr(1));
    return inside.starts_with('{') || inside.starts_with(']');
  }

  Toolbox tools_of(const tuneval::Row& row) const {
    if (row.has("tools")) return read_tools(row);
    if (tools_.names.empty()) {
      row.fail("tools", "is missing, and the pack's options have none: expected function schemas");
    }
    return tools_;
  }

  /// An example for each turn of the assistant that calls tools, and for a last one that must not.
  std::vector<Example> read_messages(const tuneval::Row& row, const Toolbox& tools) const {
    const std::vector<Turn> turns = read_turns(row, "messages");
    const Turn& last = turns.back();
    if (last.message.role != "assistant") {
      row.fail("messages", "ends with a turn of the " + last.message.role +
                               ": expected the assistant's answer");
    }
    if (last.calls.empty() && !refusals_) {
      row.fail("messages",
               "ends with an answer that calls no tool: expected tool_calls, or the option "
               "refusals = true");
    }
    std::vector<Example> examples = calls_of(row, "messages", turns, tools);
    if (last.calls.empty()) examples.push_back(example_of(turns, turns.size() - 1, tools));
    return examples;
  }

  /// The benchmark's form: the conversation up to its last answer, or a question alone, and the
  /// answer beside it.
  std::vector<Example> read_question(const tuneval::Row& row, const Toolbox& tools) const {
    std::vector<Turn> turns = question_turns(row);
    const std::string& role = turns.back().message.role;
    if (role != "user" && role != "tool") {
      row.fail("question",
               "ends with a turn of the " + role + ": expected the user's, or a tool's result");
    }
    std::vector<ToolCall> answer = read_answer(row, "answer");
    if (answer.empty() && !refusals_) {
      row.fail("answer", "holds no call: expected one, or the option refusals = true");
    }
    check_names(row, "answer", tools, answer);
    std::vector<Example> examples = calls_of(row, "question", turns, tools);
    turns.push_back({{.role = "assistant", .content = {}, .tool_calls = {}}, std::move(answer)});
    examples.push_back(example_of(turns, turns.size() - 1, tools));
    return examples;
  }

  static std::vector<Turn> question_turns(const tuneval::Row& row) {
    if (row.is_array("question")) return read_turns(row, "question");
    const std::string question = read_filled(row, "question");
    if (!holds_turns(question)) {
      return {{{.role = "user", .content = question, .tool_calls = {}}, {}}};
    }
    const std::string wrapped = "{\"question\":" + question + "}";
    return read_turns(Config::parse(wrapped, row.where(), tuneval::ConfigKind::data), "question");
  }

  /// An example for each turn that calls tools.
  std::vector<Example> calls_of(const tuneval::Row& row, std::string_view key,
                                const std::vector<Turn>& turns, const Toolbox& tools) const {
    std::vector<Example> examples;
    for (size_t i = 0; i < turns.size(); ++i) {
      if (turns[i].calls.empty()) continue;
      check_names(row, key, tools, turns[i].calls);
      examples.push_back(example_of(turns, i, tools));
    }
    return examples;
  }

  /// The turn with this index as the answer to all that came before it.
  Example example_of(const std::vector<Turn>& turns, size_t index, const Toolbox& tools) const {
    Example example;
    if (!system_.empty()) {
      example.messages.push_back({.role = "system", .content = system_, .tool_calls = {}});
    }
    for (size_t i = 0; i < index; ++i) {
      const tuneval::Message& message = turns[i].message;
      if (message.role == "system" && !example.messages.empty()) {
        example.messages.front().content += "\n\n" + message.content;  // templates know one alone
      } else {
        example.messages.push_back(message);
      }
    }
    example.tools = tools.json;
    example.target = tuneval::write_calls(turns[index].calls);
    example.references = {example.target};
    example.calls = true;
    return example;
  }

  bool refusals_, constrained_;
  int64_t max_new_tokens_;
  std::string system_;  // the pack's system text; empty: none
  Toolbox tools_;       // of rows that bring none
};

}  // namespace

TUNEVAL_PLUGIN("tool_calling", "0.1.0") {
  const auto make = [](const tuneval::TaskOptions& options) {
    return std::make_shared<ToolCalling>(options);
  };
  registry.add_task_type("tool_calling", make, sample());
}
