#pragma once

#include "tuneval/task/prompt.h"

#include "tuneval/task/task_type.h"

#include <string>
#include <string_view>
#include <vector>

/// Where the passage stands that the answer of a question rests on.
enum class Book {
  open,    ///< in the prompt
  closed,  ///< nowhere in the prompt: the model has learnt it
};

/// Answers questions in a few words, or says that there is no answer.
class QuestionAnswering final : public tuneval::TaskType {
 public:
  QuestionAnswering(const tuneval::TaskOptions& options, Book book);

  tuneval::Example read(const tuneval::Row& row) const override;
  tuneval::Prediction parse(const tuneval::Example& example,
                            std::string_view completion) const override;
  tuneval::Decoding decoding() const override { return {.max_new_tokens = max_new_tokens_}; }
  std::vector<std::string> metrics() const override {
    return {"squad", "exact_match", "rouge_l", "format_valid"};
  }
  std::vector<std::string> review(const std::vector<tuneval::Example>& examples) const override;
  std::string row_guide() const override;
  std::vector<std::string> doubts(const tuneval::Example& example) const override;

 private:
  void read_answers(const tuneval::Row& row, tuneval::Example& example) const;
  void take_answer(const tuneval::Row& row, std::string_view key, const std::string& answer,
                   tuneval::Example& example) const;
  bool means_none(std::string_view text) const;
  std::string untold() const;

  Book book_;
  std::string no_answer_;
  bool no_answer_is_told_;
  tuneval::PromptTemplate prompt_;
  int64_t max_new_tokens_;
};
