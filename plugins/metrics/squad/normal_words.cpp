#include "normal_words.h"

#include "parts/fold.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace {

/// What Python's str.split() splits at: more than Unicode's White_Space has.
bool is_space(UChar32 c) {
  return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x1f) || c == 0x85 || c == 0x2028 ||
         c == 0x2029 || u_charType(c) == U_SPACE_SEPARATOR;
}

/// What Python's \w matches, less "_", which is punctuation here.
bool is_word_character(UChar32 c) {
  return c >= 0 && (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_N_MASK)) != 0;
}

/// Splits text into words, one character after another.
class Splitter {
 public:
  void add(UChar32 c, std::string_view bytes) {
    if (is_word_character(c)) {
      word_ += bytes;
      run_ += bytes.size();
      return;
    }
    end_run();
    if (is_space(c)) {
      end_word();
    } else {
      word_ += bytes;
    }
  }

  std::vector<std::string> take() {
    end_run();
    end_word();
    return std::move(words_);
  }

 private:
  /// An article between other characters, as in "x–the–y", is a space then.
  void end_run() {
    const std::string_view run = std::string_view(word_).substr(word_.size() - run_);
    if (run == "a" || run == "an" || run == "the") {
      word_.resize(word_.size() - run_);
      end_word();
    }
    run_ = 0;
  }

  void end_word() {
    if (!word_.empty()) words_.push_back(std::move(word_));
    word_.clear();
  }

  std::vector<std::string> words_;
  std::string word_;
  size_t run_ = 0;  ///< bytes at the end of word_ that are letters and digits
};

}  // namespace

std::vector<std::string> normal_words(std::string_view text) {
  std::string plain = lower(text);
  std::erase_if(plain, is_punctuation);
  Splitter splitter;
  const auto size = static_cast<int32_t>(plain.size());
  for (int32_t at = 0; at < size;) {
    const int32_t begin = at;
    UChar32 c = 0;
    U8_NEXT(plain.data(), at, size, c);
    splitter.add(c, std::string_view(plain).substr(begin, at - begin));
  }
  return splitter.take();
}
