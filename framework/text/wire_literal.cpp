// Python literals as JSON.
#include "framework/text/wire_parts.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace tuneval::wire {

namespace {

struct Word {
  std::string_view python, json;
};
// The words of JSON stand in Python where a template wrote a value by JSON.
constexpr std::array<Word, 6> kWords = {{{"True", "true"},
                                         {"False", "false"},
                                         {"None", "null"},
                                         {"true", "true"},
                                         {"false", "false"},
                                         {"null", "null"}}};

void append_utf8(uint32_t code, std::string& out) {
  if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) code = 0xFFFD;
  if (code < 0x80) {
    out += char(code);
    return;
  }
  const int tail = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  constexpr std::array<uint32_t, 4> kLead = {0, 0xC0, 0xE0, 0xF0};
  out += char(kLead[size_t(tail)] | (code >> (6 * tail)));
  for (int i = tail - 1; i >= 0; --i) out += char(0x80 | ((code >> (6 * i)) & 0x3F));
}

/// Literals from left to right. Each reader appends JSON; false: no literal.
class Reader {
 public:
  Reader(std::string_view text, size_t at) : text_(text), at_(at) {}
  size_t at() const { return at_; }

  bool value(std::string& json, int depth) {
    if (depth > kDeepestJson || at_ >= text_.size()) return false;
    switch (text_[at_]) {
      case '\'':
      case '"': return string(json);
      case '[': return items(json, ']', depth);
      case '(': return items(json, ')', depth);
      case '{': return dict(json, depth);
      default: return word(json) || number(json);
    }
  }

 private:
  bool at_char(char c) const { return at_ < text_.size() && text_[at_] == c; }
  void space() { at_ = skip_space(text_, at_); }

  bool word(std::string& json) {
    for (const Word& word : kWords) {
      const size_t end = at_ + word.python.size();
      if (!text_.substr(at_).starts_with(word.python)) continue;
      if (end < text_.size() && in_word(text_[end])) continue;
      at_ = end;
      json += word.json;
      return true;
    }
    return false;
  }

  bool digits(std::string& json) {
    const size_t begin = at_;
    while (at_ < text_.size() && is_digit(text_[at_])) json += text_[at_++];
    return at_ > begin;
  }

  /// What Python allows beyond JSON: "+1", ".5", "1.".
  bool number(std::string& json) {
    if (at_char('+') || at_char('-')) {
      if (text_[at_++] == '-') json += '-';
    }
    const bool whole = digits(json);
    if (!whole) json += '0';
    if (at_char('.')) {
      ++at_;
      json += '.';
      if (!digits(json)) {
        if (!whole) return false;
        json += '0';
      }
    } else if (!whole) {
      return false;
    }
    if (at_char('e') || at_char('E')) {
      json += text_[at_++];
      if (at_char('+') || at_char('-')) json += text_[at_++];
      if (!digits(json)) return false;
    }
    return at_ == text_.size() || !in_word(text_[at_]);
  }

  bool string(std::string& json) {
    const char quote = text_[at_];
    const bool triple = text_.substr(at_).starts_with(std::string(3, quote));
    const std::string_view close = text_.substr(at_, triple ? 3 : 1);
    at_ += close.size();
    std::string content;
    while (at_ < text_.size()) {
      if (text_[at_] == '\\') {
        escape(content);
      } else if (text_.substr(at_).starts_with(close)) {
        at_ += close.size();
        json += quoted_json(content);
        return true;
      } else {
        content += text_[at_++];
      }
    }
    return false;
  }

  /// The value of up to `most` digits to a base; null where there is none.
  std::optional<uint32_t> code(size_t most, uint32_t base) {
    uint32_t value = 0;
    size_t count = 0;
    for (; count < most && at_ < text_.size(); ++count, ++at_) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      const char lower =
          char(text_[at_] >= 'A' && text_[at_] <= 'F' ? text_[at_] + 32 : text_[at_]);
      const size_t digit = kDigits.find(lower);
      if (digit >= base) break;
      value = value * base + uint32_t(digit);
    }
    if (count == 0 || (base == 16 && count < most)) return std::nullopt;
    return value;
  }

  /// A code point by its hexadecimal digits; both halves of a pair, as JSON writes it, are one.
  void code_point(size_t length, std::string& content) {
    const size_t begin = at_ - 2;
    std::optional<uint32_t> value = code(length, 16);
    if (!value) {  // as it is: not an escape
      content += text_.substr(begin, at_ - begin);
      return;
    }
    if (length == 4 && *value >= 0xD800 && *value < 0xDC00 &&
        text_.substr(at_).starts_with("\\u")) {
      const size_t second = at_;
      at_ += 2;
      const std::optional<uint32_t> low = code(4, 16);
      if (low && *low >= 0xDC00 && *low < 0xE000) {
        *value = 0x10000 + ((*value - 0xD800) << 10) + (*low - 0xDC00);
      } else {
        at_ = second;
      }
    }
    append_utf8(*value, content);
  }

  /// An escape; an unknown one stands for itself, as in Python.
  void escape(std::string& content) {
    constexpr std::string_view kNames = "ntrbfva\\'\"";
    constexpr std::string_view kMeant = "\n\t\r\b\f\v\a\\'\"";
    ++at_;
    if (at_ == text_.size()) return;
    const char c = text_[at_];
    if (c >= '0' && c <= '7') {
      append_utf8(code(3, 8).value_or(0), content);
      return;
    }
    ++at_;
    if (const size_t named = kNames.find(c); named != kNames.npos) {
      content += kMeant[named];
    } else if (c == 'x' || c == 'u' || c == 'U') {
      code_point(c == 'x' ? 2 : c == 'u' ? 4 : 8, content);
    } else if (c != '\n') {
      content += '\\';
      content += c;
    }
  }

  /// A list, a tuple, or, as in Python, a value in parentheses.
  bool items(std::string& json, char close, int depth) {
    ++at_;
    const size_t begin = json.size();
    size_t count = 0;
    bool more = true;  // whether another item may follow
    json += '[';
    for (space(); !at_char(close); space()) {
      if (!more) return false;
      if (count++ > 0) json += ',';
      if (!value(json, depth + 1)) return false;
      more = comma();
    }
    ++at_;
    if (close == ')' && count == 1 && !more) {
      json.erase(begin, 1);
    } else {
      json += ']';
    }
    return true;
  }

  bool dict(std::string& json, int depth) {
    ++at_;
    bool first = true, more = true;
    json += '{';
    for (space(); !at_char('}'); space()) {
      if (!more) return false;
      if (!std::exchange(first, false)) json += ',';
      if (!key(json)) return false;
      space();
      if (!at_char(':')) return false;
      ++at_;
      space();
      json += ':';
      if (!value(json, depth + 1)) return false;
      more = comma();
    }
    ++at_;
    json += '}';
    return true;
  }

  bool key(std::string& json) {
    if (at_char('\'') || at_char('"')) return string(json);
    std::string other;
    if (!word(other) && !number(other)) return false;
    json += quoted_json(other);
    return true;
  }

  bool comma() {
    space();
    if (!at_char(',')) return false;
    ++at_;
    return true;
  }

  std::string_view text_;
  size_t at_;
};

}  // namespace

bool read_literal(std::string_view text, size_t& at, std::string& json) {
  Reader reader(text, at);
  const bool read = reader.value(json, 0);
  at = reader.at();
  return read;
}

}  // namespace tuneval::wire
