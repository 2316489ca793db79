#include "parts/answer.h"

#include "parts/find_json.h"
#include "parts/options.h"
#include "tuneval/error.h"
#include "tuneval/metric/text.h"
#include "tuneval/task/tool_calls.h"

using tuneval::Config;

namespace {

constexpr int64_t kTokenLimit = 512;

bool read_form(const Config& options) {
  const bool has_schema = options.has("schema");
  const std::string form = has_schema ? tuneval::word_option(options, "output", {"json", "text"})
                                      : tuneval::word_option(options, "output", {"text", "json"});
  if (form == "text" && has_schema) {
    options.fail("output", "is \"text\", but there is a schema: expected json");
  }
  return form == "json";
}

/// The JSON of a row's key. A string holds it as text: so it stands in a table and in the
/// benchmark's files.
std::string read_json(const tuneval::Row& row, std::string_view key) {
  if (!row.has(key)) row.fail(key, "is missing");
  const std::string written = row.is_text(key) ? row.text(key) : row.json(key);
  std::optional<std::string> value = tuneval::compact_json(written);
  if (!value) row.fail(key, "is not JSON, and not a text that holds JSON");
  return *value;
}

}  // namespace

Answer::Answer(const Config& options)
    : is_json_(read_form(options)),
      max_new_tokens_(read_token_limit(options, kTokenLimit)),
      constrained_(options.flag_or("constrained", false)) {
  if (options.has("schema")) {
    schema_text_ = options.object("schema").json();
    try {
      schema_.emplace(schema_text_);
    } catch (const tuneval::DataError& fault) {
      options.fail("schema", fault.what());
    }
  }
  if (constrained_ && !schema_) options.fail("constrained", "needs a schema");
}

std::string Answer::guide() const {
  if (!is_json_) return "a text";
  return schema_ ? "JSON that this schema describes: " + schema_text_ : "JSON";
}

std::string Answer::request(std::string_view text_request) const {
  if (!is_json_) return std::string(text_request);
  if (!schema_) return "Answer with JSON and nothing else.";
  return "Answer with JSON that this schema describes, and nothing else:\n{schema}";
}

std::vector<std::pair<std::string_view, std::string>> Answer::known(
    const std::string& description) const {
  std::vector<std::pair<std::string_view, std::string>> known = {{"description", description}};
  if (schema_) known.emplace_back("schema", schema_text_);
  return known;
}

void Answer::read(const tuneval::Row& row, std::string_view key, tuneval::Example& example) const {
  if (!is_json_) {
    example.target = read_filled(row, key);
    example.references = {std::string(tuneval::trim(example.target))};
    return;
  }
  example.target = read_json(row, key);
  if (schema_) {
    const std::string fault = schema_->fault(example.target);
    if (!fault.empty()) row.fail(key, "does not fit the schema: " + fault);
  }
  example.references = {example.target};
}

tuneval::Prediction Answer::parse(std::string_view completion) const {
  if (!is_json_) {
    const std::string_view text = tuneval::trim(completion);
    return {!text.empty(), std::string(text)};
  }
  const auto fits = [&](const std::string& value) {
    return !schema_ || schema_->fault(value).empty();
  };
  std::optional<std::string> value = find_json(completion, fits);
  if (!value) return {};
  return {true, std::move(*value)};
}

tuneval::Decoding Answer::decoding() const {
  tuneval::Decoding decoding{.max_new_tokens = max_new_tokens_};
  if (constrained_) {
    decoding.constraint = tuneval::Constraint::json_schema;
    decoding.schema = schema_text_;
  }
  return decoding;
}

std::vector<std::string> Answer::metrics(const std::string& text_headline,
                                         const std::string& text_second) const {
  if (is_json_) return {"field_f1", "exact_match", "json_valid", "format_valid"};
  return {text_headline, text_second, "format_valid"};
}
