#pragma once

#include "framework/text/token_constraint.h"

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

/// The trie of a closed set of answers, each as the tokens that the model learns to write for it:
/// the answer encoded by itself.
class AnswerTrie : public Grammar {
 public:
  /// Throws DataError where there are no answers.
  AnswerTrie(const ChatText& text, std::span<const std::string> answers);

  std::unique_ptr<TokenConstraint> start() const override;

  /// The tokens of each answer, without an end token.
  const std::vector<std::vector<int64_t>>& rows() const { return rows_; }

  struct Node {
    int64_t parent = -1;
    std::map<int64_t, int64_t> next{};  // token → node
    bool ends = false;                  // an answer ends here
  };

 private:
  std::vector<std::vector<int64_t>> rows_;
  std::shared_ptr<const std::vector<Node>> nodes_;  // the first is the root
  int64_t size_;
  std::vector<int64_t> end_tokens_;
};

}  // namespace tuneval
