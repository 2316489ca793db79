#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace tuneval::test {

/// A code point below U+0800 in UTF-8.
inline std::string utf8(int code) {
  if (code < 0x80) return std::string(1, char(code));
  return {char(0xC0 | (code >> 6)), char(0x80 | (code & 0x3F))};
}

/// A tokenizer.json with a token for each byte and some special ones: no text is lost in it.
inline nlohmann::ordered_json byte_tokenizer(const std::vector<std::string>& special) {
  using Json = nlohmann::ordered_json;
  Json vocabulary = Json::object(), added = Json::array();
  for (int byte = 0, others = 0; byte < 256; ++byte) {
    // Byte-level vocabularies spell bytes that do not print as code points from U+0100 on.
    const bool prints = (byte > 32 && byte < 127) || (byte > 160 && byte != 173);
    vocabulary[utf8(prints ? byte : 256 + others++)] = byte;
  }
  int id = 256;
  for (const std::string& token : special) {
    added.push_back({{"id", id++},
                     {"content", token},
                     {"single_word", false},
                     {"lstrip", false},
                     {"rstrip", false},
                     {"normalized", false},
                     {"special", true}});
  }
  const Json bytes = {{"type", "ByteLevel"},
                      {"add_prefix_space", false},
                      {"trim_offsets", true},
                      {"use_regex", false}};
  return {{"version", "1.0"},
          {"truncation", nullptr},
          {"padding", nullptr},
          {"added_tokens", added},
          {"normalizer", nullptr},
          {"pre_tokenizer", bytes},
          {"post_processor", nullptr},
          {"decoder", bytes},
          {"model", {{"type", "BPE"}, {"vocab", vocabulary}, {"merges", Json::array()}}}};
}

}  // namespace tuneval::test
