#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// A text of others inside a question, under a name.
struct Part {
  std::string name, text;
};

/// The FNV-1a hash of all texts. It changes with every one of them, so that none can foresee it.
inline uint64_t hash_of(std::span<const Part> parts) {
  uint64_t hash = 14695981039346656037u;
  for (const Part& part : parts) {
    for (const char c : part.text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  }
  return hash;
}

/// The number as 16 hexadecimal digits.
inline std::string hexadecimal(uint64_t number) {
  std::string digits(16, '0');
  for (size_t i = 16; i > 0; number >>= 4) digits[--i] = "0123456789abcdef"[number & 15];
  return digits;
}

/// The first code from `first` on that occurs in none of the texts.
inline std::string absent_code(std::span<const Part> parts, uint64_t first) {
  for (;; ++first) {
    const std::string code = hexadecimal(first);
    const auto holds = [&](const Part& part) { return part.text.find(code) != std::string::npos; };
    if (std::ranges::none_of(parts, holds)) return code;
  }
}

/// The part between two lines that bear its name and the code.
inline std::string fenced(const Part& part, std::string_view code) {
  const std::string mark = part.name + " " + std::string(code) + " ---\n";
  const char* const end = part.text.ends_with('\n') ? "--- end of " : "\n--- end of ";
  return "--- " + mark + part.text + end + mark;
}
