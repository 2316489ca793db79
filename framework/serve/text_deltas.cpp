#include "framework/serve/text_deltas.h"

#include <algorithm>
#include <utility>

namespace tuneval::serve {

namespace {

/// Length of the longest end of `text` that `stop` begins with, short of the whole of it.
size_t begun(std::string_view text, std::string_view stop) {
  for (size_t length = std::min(text.size(), stop.size() - 1); length > 0; --length) {
    if (text.ends_with(stop.substr(0, length))) return length;
  }
  return 0;
}

}  // namespace

TextDeltas::TextDeltas(const Tokenizer& tokenizer, std::vector<std::string> stops)
    : stream_(tokenizer, /*skip_special_tokens=*/true), stops_(std::move(stops)) {}

std::string TextDeltas::push(int64_t id) {
  held_ += stream_.push(id);
  if (stopped_) return {};
  size_t end = held_.size();
  for (const std::string& stop : stops_) {
    const size_t at = held_.find(stop);
    stopped_ |= at != std::string::npos;
    end = std::min({end, at, held_.size() - begun(held_, stop)});
  }
  std::string piece = held_.substr(0, end);
  held_.erase(0, end);
  sent_ += piece;
  return piece;
}

std::string TextDeltas::finish(std::string_view whole) {
  stopped_ = true;
  return whole.starts_with(sent_) ? std::string(whole.substr(sent_.size())) : std::string();
}

}  // namespace tuneval::serve
