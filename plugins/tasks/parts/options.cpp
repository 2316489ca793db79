#include "parts/options.h"

#include "tuneval/metric/text.h"

using tuneval::Config;

int64_t read_token_limit(const Config& options, int64_t otherwise) {
  const int64_t limit = options.integer_or("max_new_tokens", otherwise);
  if (limit < 1) options.fail("max_new_tokens", "is below 1");
  return limit;
}

std::string read_filled(const tuneval::Row& row, std::string_view key) {
  std::string text = row.text(key);
  if (tuneval::trim(text).empty()) row.fail(key, "is empty");
  return text;
}

void read_extras(const tuneval::Row& row, tuneval::Example& example) {
  example.where = row.where();
  example.group = row.text_or("group", "");
  if (row.has("notes")) example.notes = row.object("notes").json();
}

void Findings::add(std::string message) {
  constexpr size_t kMost = 20;
  if (messages_.size() < kMost) {
    messages_.push_back(std::move(message));
  } else {
    ++left_out_;
  }
}

std::vector<std::string> Findings::take() {
  if (left_out_ > 0) messages_.push_back("and " + std::to_string(left_out_) + " more of this kind");
  return std::move(messages_);
}
