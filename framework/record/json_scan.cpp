#include "framework/record/json_scan.h"

#include <algorithm>

namespace tuneval {

void JsonScan::take(char c) {
  if (escaped_) {
    escaped_ = false;
  } else if (quoted_) {
    escaped_ = c == '\\';
    quoted_ = c != '"';
  } else if (c == '"') {
    quoted_ = true;
  } else if (c == '{' || c == '[') {
    open_.push_back({c, 0});
  } else if (c == '}' || c == ']') {
    close(c == '}' ? '{' : '[');
  } else if (c == ':' && !open_.empty() && open_.back().bracket == '{') {
    most_keys_ = std::max(most_keys_, ++open_.back().keys);
  }
}

void JsonScan::close(char bracket) {
  if (open_.empty() || open_.back().bracket != bracket) crossed_ = true;
  if (!open_.empty()) open_.pop_back();
}

}  // namespace tuneval
