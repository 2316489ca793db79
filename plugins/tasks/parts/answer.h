#pragma once

#include "parts/json_schema.h"
#include "tuneval/task/example.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The answers of a task that takes something out of a text: free text, or JSON, perhaps of a
/// schema. Read from the options "output", "schema", "constrained" and "max_new_tokens".
class Answer {
 public:
  explicit Answer(const tuneval::Config& options);

  bool is_json() const { return is_json_; }
  bool has_schema() const { return schema_.has_value(); }

  /// What an answer is, in words for who writes rows.
  std::string guide() const;
  /// The line of a default prompt that asks for such an answer, with {schema} where there is one.
  std::string request(std::string_view text_request) const;
  /// The placeholders that it knows: description, and schema where there is one.
  std::vector<std::pair<std::string_view, std::string>> known(const std::string& description) const;

  /// Fills target and references from a row's key.
  void read(const tuneval::Row& row, std::string_view key, tuneval::Example& example) const;
  tuneval::Prediction parse(std::string_view completion) const;
  tuneval::Decoding decoding() const;
  /// `text_headline` first where the answer is text.
  std::vector<std::string> metrics(const std::string& text_headline,
                                   const std::string& text_second) const;

 private:
  bool is_json_ = false;
  std::string schema_text_;
  std::optional<JsonSchema> schema_;
  int64_t max_new_tokens_;
  bool constrained_ = false;
};
