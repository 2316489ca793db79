#pragma once

#include "framework/text/tokenizer.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tuneval::serve {

/// Cuts an answer into pieces of text as its tokens come: whole characters only, and nothing that
/// may turn out to be the beginning of a stop string.
class TextDeltas {
 public:
  /// `stops` are not empty strings; the tokenizer must live as long.
  TextDeltas(const Tokenizer& tokenizer, std::vector<std::string> stops);

  /// Takes a token of the answer; the text that is now certain, often none.
  std::string push(int64_t id);
  /// What is left to say of the answer's whole text.
  std::string finish(std::string_view whole);

 private:
  TokenStream stream_;
  std::vector<std::string> stops_;
  std::string sent_, held_;
  bool stopped_ = false;
};

}  // namespace tuneval::serve
