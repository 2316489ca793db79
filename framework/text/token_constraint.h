#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

struct tuneval_vocabulary;

namespace tuneval {

struct ChatText;

/// A set of token ids: bit id % 32 of words[id / 32].
class TokenMask {
 public:
  /// The empty set; holds the ids below `size`.
  explicit TokenMask(int64_t size = 0) : words_(size_t(size + 31) / 32, 0) {}

  void clear() { words_.assign(words_.size(), 0); }
  void allow(int64_t id) { words_[size_t(id) / 32] |= uint32_t(1) << (id % 32); }
  bool allows(int64_t id) const {
    const size_t word = size_t(id) / 32;
    return word < words_.size() && (words_[word] >> (id % 32) & 1) != 0;
  }
  /// The only id of the set; null where there are none or several.
  std::optional<int64_t> only() const;
  bool empty() const;
  std::span<uint32_t> words() { return words_; }
  std::span<const uint32_t> words() const { return words_; }

 private:
  std::vector<uint32_t> words_;
};

/// What masks of a model's tokens must hold: every id of its tokenizer and every end token.
int64_t token_mask_size(const ChatText& text);

/// What one answer may go on with: starts before its first token and is told each one it gets.
class TokenConstraint {
 public:
  TokenConstraint(int64_t size, std::span<const int64_t> end_tokens)
      : mask_(size), end_tokens_(end_tokens.begin(), end_tokens.end()) {}
  TokenConstraint(const TokenConstraint&) = delete;
  TokenConstraint& operator=(const TokenConstraint&) = delete;
  virtual ~TokenConstraint() = default;

  /// The tokens that may come next; end tokens where the answer is complete, and only there. Throws
  /// DataError where the answer cannot go on at all.
  const TokenMask& mask();
  /// Whether the answer may end here.
  bool is_complete();
  /// Whether it is complete and cannot go on.
  bool is_closed();
  /// The only token that may come next, where there is no choice; null where the answer may end.
  std::optional<int64_t> forced();

  /// Takes in a token that the mask allows; no end token.
  void advance(int64_t id);
  /// Takes back the last `count` tokens.
  void retreat(size_t count);

 private:
  /// Allows what may come next in an empty mask, end tokens apart; whether the answer is complete.
  virtual bool fill(TokenMask& mask) = 0;
  virtual void step(int64_t id) = 0;
  virtual void back(size_t count) = 0;
  void look();

  TokenMask mask_;
  std::vector<int64_t> end_tokens_;
  bool known_ = false;  // whether what follows holds for this place
  bool complete_ = false;
  bool empty_ = false;  // no token but an end token
  std::optional<int64_t> forced_;
};

/// What an answer may be. Constant: any number of answers start from one grammar, in any thread.
class Grammar {
 public:
  Grammar() = default;
  Grammar(const Grammar&) = delete;
  Grammar& operator=(const Grammar&) = delete;
  virtual ~Grammar() = default;
  virtual std::unique_ptr<TokenConstraint> start() const = 0;
};

/// Makes grammars over one model's tokens. Every token of theirs must stand for bytes: ConfigError
/// otherwise. Grammars may outlive it.
class GrammarMaker {
 public:
  explicit GrammarMaker(const ChatText& text);
  GrammarMaker(const GrammarMaker&) = delete;
  GrammarMaker& operator=(const GrammarMaker&) = delete;
  ~GrammarMaker();

  /// JSON valid against a JSON Schema, its properties in the schema's order, with at most one space
  /// behind "," and ":". An object that lists its properties has no others, unless the schema
  /// speaks of them. Throws DataError for a schema that is wrong or cannot be held to.
  std::shared_ptr<const Grammar> json_schema(std::string_view schema) const;

  /// One to 16 calls of `tools` (of an Example) in the model's wire form, valid against their
  /// schemas.
  std::shared_ptr<const Grammar> tool_calls(std::string_view tools) const;

  /// A grammar in llguidance's Lark dialect; its first rule is called `answer`.
  std::shared_ptr<const Grammar> lark(std::string_view source) const;

 private:
  const ChatText& text_;
  int64_t size_;
  tuneval_vocabulary* vocabulary_ = nullptr;
};

}  // namespace tuneval
