#include "parts/answer.h"
#include "parts/options.h"
#include "tuneval/metric/text.h"
#include "tuneval/plugin.h"
#include "tuneval/task/prompt.h"
#include "verbatim.h"

namespace {

using tuneval::Config;

/// Takes JSON of a schema, or a text, out of an input.
class InformationExtraction final : public tuneval::TaskType {
 public:
  explicit InformationExtraction(const tuneval::TaskOptions& options)
      : answer_(checked(options.options)),
        prompt_(options.options, "prompt",
                "{description}\n\n" + answer_.request("Answer with the text asked for alone.") +
                    "\n\n{input}",
                answer_.known(options.description), {{"input"}}) {
    if (!options.options.has("verbatim")) return;
    verbatim_ = options.options.texts("verbatim");
    if (!answer_.is_json()) options.options.fail("verbatim", "names keys, but the output is text");
  }

  tuneval::Example read(const tuneval::Row& row) const override {
    const bool benchmark_form = !row.has("input") && !row.has("output") && row.has("question");
    tuneval::Example example;
    example.context = benchmark_form ? read_question(row) : read_filled(row, "input");
    example.messages = {
        {.role = "user", .content = prompt_.of({example.context}), .tool_calls = {}}};
    answer_.read(row, benchmark_form ? "answer" : "output", example);
    read_extras(row, example);
    return example;
  }

  tuneval::Prediction parse(const tuneval::Example&, std::string_view completion) const override {
    return answer_.parse(completion);
  }

  tuneval::Decoding decoding() const override { return answer_.decoding(); }

  std::vector<std::string> metrics() const override {
    return answer_.metrics("exact_match", "rouge_l");
  }

  std::vector<std::string> review(const std::vector<tuneval::Example>& examples) const override {
    Findings findings;
    for (const tuneval::Example& example : examples) {
      for (const std::string& doubt : doubts(example)) findings.add(example.where + ": " + doubt);
    }
    return findings.take();
  }

  std::string row_guide() const override {
    std::string guide =
        "\"input\" is a text, \"output\" what is to be taken out of it: " + answer_.guide() + ".";
    if (!verbatim_.empty()) {
      guide += " What stands under " + tuneval::listed(verbatim_) +
               " must be in the input letter for letter.";
    }
    return guide;
  }

  std::string passage_key() const override { return "input"; }

  std::vector<std::string> doubts(const tuneval::Example& example) const override {
    if (verbatim_.empty()) return {};
    std::vector<std::string> found = not_verbatim(example.target, example.context, verbatim_);
    for (std::string& one : found) one += ", which is not in the input";
    return found;
  }

 private:
  static const Config& checked(const Config& options) {
    tuneval::check_option_names(
        options, "information_extraction",
        {"schema", "output", "prompt", "max_new_tokens", "constrained", "verbatim"});
    return options;
  }

  /// The benchmark's rows have the input as the question, or as a context below a question that is
  /// mostly the same in all of them.
  static std::string read_question(const tuneval::Row& row) {
    const std::string question = read_filled(row, "question");
    return row.has("context") ? question + "\n\n" + read_filled(row, "context") : question;
  }

  Answer answer_;
  tuneval::PromptTemplate prompt_;
  std::vector<std::string> verbatim_;
};

const tuneval::TaskSample kSample = {
    .options = R"({"schema": {"type": "object", "required": ["name"], "properties": {
        "name": {"type": "string"}, "age": {"type": ["integer", "null"]}}}, "verbatim": ["name"]})",
    .rows = {
        R"({"input": "Ada is ten.", "output": {"name": "Ada", "age": 10}})",
        R"({"input": "This is Bob.", "output": "{\"age\": null, \"name\": \"Bob\"}"})",
        R"({"question": "Eve, 7", "answer": "{\"name\": \"Eve\", \"age\": 7}"})",
        R"({"question": "Who?", "context": "It was Zoé.", "answer": {"name": "Zoé"}, "group": "1"})",
    }};

}  // namespace

TUNEVAL_PLUGIN("information_extraction", "0.1.0") {
  const auto make = [](const tuneval::TaskOptions& options) {
    return std::make_shared<InformationExtraction>(options);
  };
  registry.add_task_type("information_extraction", make, kSample);
}
