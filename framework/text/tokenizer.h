#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct tuneval_tokenizer;

namespace tuneval {

/// A model folder's tokenizer. Move-only; every const method may be called from many threads at
/// once.
class Tokenizer {
 public:
  /// Reads `tokenizer.json` of a model folder; where it is absent, `vocab.json` and `merges.txt`
  /// with the `added_tokens_decoder` and `tokenizer_class` of `tokenizer_config.json` (classes of
  /// the Qwen2 and GPT-2 kinds). Throws ConfigError naming the file at fault.
  static Tokenizer open(const std::filesystem::path& model_folder);

  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;
  ~Tokenizer();

  /// The ids of `text`. Special tokens written out in `text` (as chat templates do) become their
  /// own ids; `add_special_tokens` adds those that the tokenizer puts around a text by itself (say,
  /// a BOS). For text that a chat template rendered, pass false: the template has written them
  /// already. Throws DataError where `text` is not UTF-8.
  std::vector<int64_t> encode(std::string_view text, bool add_special_tokens) const;

  /// As `encode`, for many texts on all cores.
  std::vector<std::vector<int64_t>> encode_batch(std::span<const std::string> texts,
                                                 bool add_special_tokens) const;

  /// The text of `ids`; ids outside the vocabulary are left out; broken UTF-8 becomes U+FFFD.
  std::string decode(std::span<const int64_t> ids, bool skip_special_tokens) const;

  /// The id of a whole token, added tokens included.
  std::optional<int64_t> token_to_id(std::string_view token) const;

  /// A token as the vocabulary spells it (byte-level tokenizers write a space as U+0120).
  std::optional<std::string> id_to_token(int64_t id) const;

  /// How many tokens there are, added ones included.
  size_t vocab_size() const;

  /// The largest id in use; may be at or past `vocab_size()` where ids have gaps.
  int64_t max_id() const;

  /// For other functions of the shim.
  const tuneval_tokenizer* handle() const { return handle_.get(); }

 private:
  explicit Tokenizer(tuneval_tokenizer* handle);

  struct Free {
    void operator()(tuneval_tokenizer* handle) const;
  };
  std::unique_ptr<tuneval_tokenizer, Free> handle_;
};

/// Turns ids into text one at a time and yields text only at whole UTF-8 characters; the pieces put
/// together are the text of all ids. Must not outlive its tokenizer.
class TokenStream {
 public:
  TokenStream(const Tokenizer& tokenizer, bool skip_special_tokens);

  /// Takes one id; returns the text that is now certain, often empty in the middle of a character.
  std::string push(int64_t id);

  /// The text still held back (an unfinished character shows as U+FFFD); the stream is then empty
  /// again.
  std::string finish();

 private:
  const Tokenizer* tokenizer_;
  bool skip_special_tokens_;
  std::vector<int64_t> window_;  // the ids given out last, then those held back
  size_t context_ = 0;           // how many of the window's ids were given out
  std::string given_;            // their text
};

}  // namespace tuneval
