#include "length.h"
#include "parts/answer.h"
#include "parts/options.h"
#include "tuneval/metric/text.h"
#include "tuneval/plugin.h"
#include "tuneval/task/prompt.h"

namespace {

using tuneval::Config;

/// The names of the columns of a row: {"document", "instruction", "output"}, or {"context",
/// "question", "answer"} as in the benchmark's files.
struct Columns {
  std::string_view document, instruction, output;
};

Columns columns_of(const tuneval::Row& row) {
  const bool own_form = row.has("document") || row.has("output") || !row.has("context");
  return own_form ? Columns{"document", "instruction", "output"}
                  : Columns{"context", "question", "answer"};
}

/// Answers an instruction about a document: with JSON of a schema, or with a text.
class DocumentUnderstanding final : public tuneval::TaskType {
 public:
  explicit DocumentUnderstanding(const tuneval::TaskOptions& options)
      : answer_(checked(options.options)),
        length_(options.options),
        prompt_(template_of(options, "{instruction}\n\n")),
        bare_prompt_(template_of(options, "")) {}

  tuneval::Example read(const tuneval::Row& row) const override {
    const auto [document_key, instruction_key, output_key] = columns_of(row);
    tuneval::Example example;
    example.context = length_.read(row, document_key);
    const std::string instruction = row.text_or(instruction_key, "");
    if (!instruction.empty() && !prompt_.holds(1)) {
      row.fail(instruction_key, "is not asked: the pack's prompt does not hold {instruction}");
    }
    const tuneval::PromptTemplate& prompt = instruction.empty() ? bare_prompt_ : prompt_;
    example.messages = {
        {.role = "user", .content = prompt.of({example.context, instruction}), .tool_calls = {}}};
    answer_.read(row, output_key, example);
    read_extras(row, example);
    return example;
  }

  tuneval::Prediction parse(const tuneval::Example&, std::string_view completion) const override {
    return answer_.parse(completion);
  }

  tuneval::Decoding decoding() const override { return answer_.decoding(); }

  std::vector<std::string> metrics() const override {
    return answer_.metrics("rouge_l", "exact_match");
  }

  std::string row_guide() const override {
    return "\"document\" is a text, \"instruction\" what is asked of it, where that differs from "
           "row "
           "to row, and \"output\" the answer: " +
           answer_.guide() + ".";
  }

  std::string passage_key() const override { return "document"; }

 private:
  static const Config& checked(const Config& options) {
    tuneval::check_option_names(options, "document_understanding",
                                {"schema", "output", "prompt", "max_new_tokens", "constrained",
                                 "too_long", "max_document_characters"});
    return options;
  }

  /// The instruction comes before the document: often it is the same in many rows, and then a part
  /// of the prefix that they share.
  tuneval::PromptTemplate template_of(const tuneval::TaskOptions& options,
                                      const std::string& instruction) const {
    const std::string request = answer_.request("Answer with the text asked for alone.");
    return {options.options,
            "prompt",
            "{description}\n\n" + request + "\n\n" + instruction + "Document:\n{document}",
            answer_.known(options.description),
            {{"document"}, {"instruction", false}}};
  }

  Answer answer_;
  LengthRule length_;
  tuneval::PromptTemplate prompt_;
  tuneval::PromptTemplate bare_prompt_;  // for rows without an instruction
};

const tuneval::TaskSample kSample = {
    .options = R"({"schema": {"type": "object", "required": ["total"], "properties": {
        "total": {"type": "number"}, "items": {"type": "array", "items": {"type": "string"}}},
        "additionalProperties": false}})",
    .rows = {
        R"({"document": "Tea 2.50\nCake 3.00\nTotal 5.50", "instruction": "Read the bill.",
            "output": {"items": ["Tea", "Cake"], "total": 5.5}})",
        R"({"document": "Total: 3", "output": "{\"total\": 3}"})",
        R"({"context": "Soup 4", "question": "Read it.", "answer": {"total": 4, "items": []}})",
        R"({"context": "To pay: 9", "answer": "{\"total\": 9}"})",
    }};

}  // namespace

TUNEVAL_PLUGIN("document_understanding", "0.1.0") {
  const auto make = [](const tuneval::TaskOptions& options) {
    return std::make_shared<DocumentUnderstanding>(options);
  };
  registry.add_task_type("document_understanding", make, kSample);
}
