#include "tuneval/plugin.h"
#include "tuneval/metric/text.h"
#include "tuneval/task/prompt.h"

#include <string>
#include <string_view>

namespace {

using tuneval::Config;

/// What all rows share comes first: it is computed once for all of them.
constexpr std::string_view kPrompt =
    "{description}\n\nAnswer in one line and write nothing else.\n\n{input}";

/// Change this: rows {"input": …, "answer": …} with an answer of one line.
class NewTask final : public tuneval::TaskType {
 public:
  explicit NewTask(const tuneval::TaskOptions& options)
      : prompt_(checked(options.options), "prompt", kPrompt, {{"description", options.description}},
                {{.name = "input"}}),
        max_new_tokens_(options.options.integer_or("max_new_tokens", 32)) {
    if (max_new_tokens_ < 1) options.options.fail("max_new_tokens", "is below 1");
  }

  tuneval::Example read(const tuneval::Row& row) const override {
    const std::string answer = text_of(row, "answer");
    if (answer.find('\n') != std::string::npos) row.fail("answer", "has more than one line");
    tuneval::Example example;
    example.messages = {
        {.role = "user", .content = prompt_.of({text_of(row, "input")}), .tool_calls = {}}};
    example.target = answer;        // what the model learns to write
    example.references = {answer};  // the right answers, as `parse` gives them
    example.where = row.where();
    return example;
  }

  /// The completion's first line. Any text may come: what has not the form is not parsed.
  tuneval::Prediction parse(const tuneval::Example&, std::string_view completion) const override {
    const std::string_view text = tuneval::trim(completion);
    const std::string_view line = tuneval::trim(text.substr(0, text.find('\n')));
    return {.parsed = !line.empty(), .text = std::string(line)};
  }

  tuneval::Decoding decoding() const override { return {.max_new_tokens = max_new_tokens_}; }

  /// The first is the headline.
  std::vector<std::string> metrics() const override { return {"accuracy", "format_valid"}; }

 private:
  static const Config& checked(const Config& options) {
    tuneval::check_option_names(options, "new_task", {"prompt", "max_new_tokens"});
    return options;
  }

  /// A text without the space around it, which must not be empty.
  static std::string text_of(const tuneval::Row& row, std::string_view key) {
    std::string text(tuneval::trim(row.text(key)));
    if (text.empty()) row.fail(key, "is empty");
    return text;
  }

  tuneval::PromptTemplate prompt_;
  int64_t max_new_tokens_;
};

/// Options and rows without a fault, on which the checks run.
const tuneval::TaskSample kSample = {
    .rows = {R"({"input": "The opposite of cold?", "answer": "hot"})",
             R"({"input": "Three, two, one: what comes next?", "answer": "zero"})"}};

}  // namespace

TUNEVAL_PLUGIN("new_task", "0.1.0") {
  const auto make = [](const tuneval::TaskOptions& options) {
    return std::make_shared<NewTask>(options);
  };
  registry.add_task_type("new_task", make, kSample);
}
