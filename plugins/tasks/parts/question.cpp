#include "parts/question.h"

#include "parts/options.h"
#include "tuneval/metric/text.h"

#include <algorithm>

using tuneval::Config;

namespace {

constexpr int64_t kTokenLimit = 128;
constexpr std::string_view kNoAnswer = "unanswerable";

std::string_view name_of(Book book) {
  return book == Book::open ? "open_book_qa" : "closed_book_qa";
}

std::string read_no_answer(const Config& options) {
  const std::string text = options.text_or("no_answer", std::string(kNoAnswer));
  if (text.empty() || tuneval::trim(text) != text) {
    options.fail("no_answer", "is \"" + text + "\": expected a text without space around it");
  }
  return text;
}

/// The text for "no answer" is asked for where the pack sets it: it has such questions then.
std::string default_prompt(const Config& options, Book book) {
  std::string text = "{description}\n\nAnswer the question with the answer alone.";
  if (options.has("no_answer")) {
    text += book == Book::open ? " If the context does not hold the answer, write: {no_answer}"
                               : " If it has no answer, write: {no_answer}";
  }
  if (book == Book::open) text += "\n\nContext:\n{context}";
  return text + "\n\nQuestion: {question}";
}

tuneval::PromptTemplate prompt_of(const tuneval::TaskOptions& options, Book book,
                                  const std::string& no_answer) {
  tuneval::check_option_names(options.options, name_of(book),
                              {"no_answer", "prompt", "max_new_tokens"});
  std::vector<tuneval::PromptTemplate::Open> open = {{"question"}};
  if (book == Book::open) open.push_back({"context"});
  return {options.options,
          "prompt",
          default_prompt(options.options, book),
          {{"description", options.description}, {"no_answer", no_answer}},
          open};
}

bool is_told(const tuneval::TaskOptions& options) {
  const Config& table = options.options;
  if (!table.has("prompt")) return table.has("no_answer");
  return table.text("prompt").find("{no_answer}") != std::string::npos;
}

bool has_none(const tuneval::Example& example) { return example.references.front().empty(); }

bool equal_but_for_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

QuestionAnswering::QuestionAnswering(const tuneval::TaskOptions& options, Book book)
    : book_(book),
      no_answer_(read_no_answer(options.options)),
      no_answer_is_told_(is_told(options)),
      prompt_(prompt_of(options, book, no_answer_)),
      max_new_tokens_(read_token_limit(options.options, kTokenLimit)) {}

tuneval::Example QuestionAnswering::read(const tuneval::Row& row) const {
  tuneval::Example example;
  const std::string question = read_filled(row, "question");
  if (book_ == Book::open) {
    example.context = read_filled(row, "context");
  } else {
    example.context = row.text_or("context", "");
  }
  const std::string prompt =
      book_ == Book::open ? prompt_.of({question, example.context}) : prompt_.of({question});
  example.messages = {{.role = "user", .content = prompt, .tool_calls = {}}};
  read_answers(row, example);
  read_extras(row, example);
  return example;
}

void QuestionAnswering::read_answers(const tuneval::Row& row, tuneval::Example& example) const {
  if (row.has("answers") && row.has("answer")) {
    row.fail("answers", "stands beside \"answer\": expected one of them");
  }
  if (row.has("answers")) {
    for (const std::string& answer : row.texts("answers")) {
      if (tuneval::trim(answer).empty()) {
        row.fail("answers", "holds an empty text: expected answers, or an empty array for none");
      }
      take_answer(row, "answers", answer, example);
    }
  } else if (const std::string answer = row.text("answer"); !tuneval::trim(answer).empty()) {
    take_answer(row, "answer", answer, example);
  }
  if (!example.references.empty()) return;
  example.target = no_answer_;
  example.references = {""};
}

void QuestionAnswering::take_answer(const tuneval::Row& row, std::string_view key,
                                    const std::string& answer, tuneval::Example& example) const {
  if (means_none(answer)) {
    row.fail(key, "is \"" + answer + "\", the text for no answer: expected " +
                      (key == "answer" ? "an empty text" : "an empty array") +
                      ", or another option no_answer");
  }
  if (example.references.empty()) example.target = answer;
  std::string reference(tuneval::trim(answer));
  if (std::ranges::find(example.references, reference) == example.references.end()) {
    example.references.push_back(std::move(reference));
  }
}

bool QuestionAnswering::means_none(std::string_view text) const {
  return equal_but_for_case(tuneval::trim(text), no_answer_);
}

tuneval::Prediction QuestionAnswering::parse(const tuneval::Example&,
                                             std::string_view completion) const {
  const std::string_view text = tuneval::trim(completion);
  if (text.empty()) return {};
  if (means_none(text)) return {true, ""};
  return {true, std::string(text)};
}

/// Why rows without an answer teach nothing that a prompt asks for.
std::string QuestionAnswering::untold() const {
  return "no answer, but no prompt tells to write \"" + no_answer_ +
         "\" then: set the option no_answer, or name {no_answer} in the prompt";
}

std::vector<std::string> QuestionAnswering::review(
    const std::vector<tuneval::Example>& examples) const {
  if (no_answer_is_told_) return {};
  const auto count = std::ranges::count_if(examples, has_none);
  if (count == 0) return {};
  return {std::to_string(count) + " rows have " + untold()};
}

std::vector<std::string> QuestionAnswering::doubts(const tuneval::Example& example) const {
  if (no_answer_is_told_ || !has_none(example)) return {};
  return {"the question has " + untold()};
}

std::string QuestionAnswering::row_guide() const {
  std::string guide =
      "\"question\" is a question, \"answer\" its answer in a few words, or \"answers\" "
      "an array of them, each as right as the others. ";
  guide +=
      book_ == Book::open
          ? "\"context\" is the passage that holds the answer."
          : "The question must be clear without a passage: the answer is to be known by heart. "
            "\"context\", where it is there, is the passage that it is from.";
  if (no_answer_is_told_) guide += " A question that has no answer has \"answers\": [].";
  return guide;
}
