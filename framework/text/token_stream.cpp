#include "framework/text/tokenizer.h"

namespace tuneval {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD: an unfinished character

}  // namespace

TokenStream::TokenStream(const Tokenizer& tokenizer, bool skip_special_tokens)
    : tokenizer_(&tokenizer), skip_special_tokens_(skip_special_tokens) {}

std::string TokenStream::push(int64_t id) {
  window_.push_back(id);
  const std::string text = tokenizer_->decode(window_, skip_special_tokens_);
  if (text.size() <= given_.size() || text.ends_with(kReplacement)) return {};
  std::string piece = text.substr(given_.size());
  // What a token decodes to depends on the ones before it (a first token loses its leading space in
  // some vocabularies), so the ids given out last stay in the window as the next ones' context.
  window_.erase(window_.begin(), window_.begin() + static_cast<std::ptrdiff_t>(context_));
  context_ = window_.size();
  given_ = tokenizer_->decode(window_, skip_special_tokens_);
  return piece;
}

std::string TokenStream::finish() {
  const std::string text = tokenizer_->decode(window_, skip_special_tokens_);
  std::string piece = text.size() > given_.size() ? text.substr(given_.size()) : std::string();
  window_.clear();
  given_.clear();
  context_ = 0;
  return piece;
}

}  // namespace tuneval
