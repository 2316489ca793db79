#include "framework/text/token_constraint.h"

#include "framework/text/conversation.h"
#include "framework/text/shim_call.h"
#include "framework/text/tool_grammar.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace tuneval {

std::optional<int64_t> TokenMask::only() const {
  std::optional<int64_t> found;
  for (size_t i = 0; i < words_.size(); ++i) {
    if (words_[i] == 0) continue;
    if (found || !std::has_single_bit(words_[i])) return std::nullopt;
    found = int64_t(i) * 32 + std::countr_zero(words_[i]);
  }
  return found;
}

bool TokenMask::empty() const {
  return std::all_of(words_.begin(), words_.end(), [](uint32_t word) { return word == 0; });
}

void TokenConstraint::look() {
  if (known_) return;
  mask_.clear();
  complete_ = fill(mask_);
  empty_ = mask_.empty();
  if (empty_ && !complete_) {
    throw DataError("the answer cannot go on: no token of the model's may come next");
  }
  forced_ = complete_ ? std::nullopt : mask_.only();
  if (complete_) {
    for (const int64_t id : end_tokens_) mask_.allow(id);
  }
  known_ = true;
}

const TokenMask& TokenConstraint::mask() {
  look();
  return mask_;
}

bool TokenConstraint::is_complete() {
  look();
  return complete_;
}

bool TokenConstraint::is_closed() {
  look();
  return complete_ && empty_;
}

std::optional<int64_t> TokenConstraint::forced() {
  look();
  return forced_;
}

void TokenConstraint::advance(int64_t id) {
  step(id);
  known_ = false;
}

void TokenConstraint::retreat(size_t count) {
  if (count == 0) return;
  back(count);
  known_ = false;
}

namespace {

class GrammarRow : public TokenConstraint {
 public:
  GrammarRow(tuneval_row* row, int64_t size, std::span<const int64_t> end_tokens)
      : TokenConstraint(size, end_tokens), row_(row) {}
  ~GrammarRow() override { tuneval_row_free(row_); }

 private:
  bool fill(TokenMask& mask) override {
    int complete = 0;
    shim::check<DataError>([&](tuneval_string* error) {
      return tuneval_row_mask(row_, mask.words().data(), mask.words().size(), &complete, error);
    });
    return complete != 0;
  }
  void step(int64_t id) override {
    shim::check<DataError>(
        [&](tuneval_string* error) { return tuneval_row_advance(row_, id, error); });
  }
  void back(size_t count) override {
    shim::check<DataError>(
        [&](tuneval_string* error) { return tuneval_row_retreat(row_, count, error); });
  }

  tuneval_row* row_;
};

class CompiledGrammar : public Grammar {
 public:
  CompiledGrammar(tuneval_grammar* handle, int64_t size, const std::vector<int64_t>& end_tokens)
      : handle_(handle), size_(size), end_tokens_(end_tokens) {}
  ~CompiledGrammar() override { tuneval_grammar_free(handle_); }

  std::unique_ptr<TokenConstraint> start() const override {
    tuneval_row* row = nullptr;
    shim::check<DataError>(
        [&](tuneval_string* error) { return tuneval_grammar_start(handle_, &row, error); });
    return std::make_unique<GrammarRow>(row, size_, end_tokens_);
  }

 private:
  tuneval_grammar* handle_;
  int64_t size_;
  std::vector<int64_t> end_tokens_;
};

}  // namespace

GrammarMaker::GrammarMaker(const ChatText& text) : text_(text), size_(token_mask_size(text)) {
  shim::check<ConfigError>([&](tuneval_string* error) {
    return tuneval_vocabulary_open(text.tokenizer.handle(), text.end_tokens.data(),
                                   text.end_tokens.size(), &vocabulary_, error);
  });
}

GrammarMaker::~GrammarMaker() { tuneval_vocabulary_free(vocabulary_); }

std::shared_ptr<const Grammar> GrammarMaker::lark(std::string_view source) const {
  tuneval_grammar* handle = nullptr;
  shim::check<DataError>([&](tuneval_string* error) {
    return tuneval_grammar_open(vocabulary_, shim::view(source), &handle, error);
  });
  return std::make_shared<CompiledGrammar>(handle, size_, text_.end_tokens);
}

std::shared_ptr<const Grammar> GrammarMaker::json_schema(std::string_view schema) const {
  try {
    return lark(schema_lark(schema));
  } catch (const DataError& error) {
    throw DataError(fmt::format("no answer can be held to the JSON Schema: {}", error.what()));
  }
}

std::shared_ptr<const Grammar> GrammarMaker::tool_calls(std::string_view tools) const {
  try {
    return lark(tool_lark(text_, tools));
  } catch (const DataError& error) {
    throw DataError(fmt::format("no answer can be held to the tools: {}", error.what()));
  }
}

int64_t token_mask_size(const ChatText& text) {
  int64_t largest = text.tokenizer.max_id();
  for (const int64_t id : text.end_tokens) largest = std::max(largest, id);
  return largest + 1;
}

}  // namespace tuneval
