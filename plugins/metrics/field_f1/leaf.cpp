#include "leaf.h"

#include "tuneval/metric/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

namespace {

using nlohmann::json;

/// The same for 1, 1.0 and 1e0; an integer beyond a double's digits keeps its own.
std::string number_text(const json& value) {
  constexpr double kBelowInt64 = -9223372036854775808.0, kBeyondInt64 = 9223372036854775808.0;
  if (value.is_number_unsigned()) return std::to_string(value.get<uint64_t>());
  if (value.is_number_integer()) return std::to_string(value.get<int64_t>());
  const double number = value.get<double>();
  if (std::trunc(number) == number) {
    if (number >= kBelowInt64 && number < kBeyondInt64) {
      return std::to_string(static_cast<int64_t>(number));
    }
    if (number > 0 && number < 2 * kBeyondInt64) {
      return std::to_string(static_cast<uint64_t>(number));
    }
  }
  char digits[32];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
  return {digits, end};
}

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Lower case, without space around, runs of space as one.
std::string loose(std::string_view text) {
  std::string out;
  for (const char c : tuneval::trim(text)) {
    const char lower = c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
    if (!is_space(c)) {
      out += lower;
    } else if (out.back() != ' ') {
      out += ' ';
    }
  }
  return out;
}

/// With its length in front, so that texts behind each other are told apart.
std::string string_text(const std::string& text) {
  return "s" + std::to_string(text.size()) + ":" + text;
}

std::string scalar_text(const json& value, const Rules& rules) {
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (value.is_number()) return "n" + number_text(value);
  const std::string& text = value.get_ref<const std::string&>();
  if (rules.loose_numbers) {
    const json number = json::parse(tuneval::trim(text), nullptr, false);
    if (number.is_number()) return "n" + number_text(number);
  }
  return string_text(rules.loose_text ? loose(text) : text);
}

std::string list_text(const json& list, const Rules& rules) {
  std::vector<std::string> elements;
  for (const json& element : list) {
    if (std::string text = canonical(element, rules); !text.empty()) {
      elements.push_back(std::move(text));
    }
  }
  if (elements.empty()) return {};
  if (!rules.ordered_lists) std::ranges::sort(elements);
  std::string out = "[";
  for (const std::string& element : elements) out.append(element).append(",");
  return out + "]";
}

std::string object_text(const json& object, const Rules& rules) {
  std::string out;
  for (const auto& [key, value] : object.items()) {  // sorted by key
    const std::string text = canonical(value, rules);
    if (!text.empty()) out.append(string_text(key)).append("=").append(text).append(",");
  }
  return out.empty() ? out : "{" + out + "}";
}

}  // namespace

std::string canonical(const json& value, const Rules& rules) {
  if (value.is_null()) return {};
  if (value.is_array()) return list_text(value, rules);
  if (value.is_object()) return object_text(value, rules);
  return scalar_text(value, rules);
}
