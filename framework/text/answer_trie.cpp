#include "framework/text/answer_trie.h"

#include "framework/text/conversation.h"
#include "tuneval/error.h"

namespace tuneval {

namespace {

using Nodes = std::vector<AnswerTrie::Node>;

class AnswerRow : public TokenConstraint {
 public:
  AnswerRow(std::shared_ptr<const Nodes> nodes, int64_t size, std::span<const int64_t> end_tokens)
      : TokenConstraint(size, end_tokens), nodes_(std::move(nodes)) {}

 private:
  const AnswerTrie::Node& node() const { return (*nodes_)[size_t(at_)]; }

  bool fill(TokenMask& mask) override {
    for (const auto& [token, next] : node().next) mask.allow(token);
    return node().ends;
  }
  void step(int64_t id) override {
    const auto next = node().next.find(id);
    if (next == node().next.end()) throw DataError("no answer goes on with this token");
    at_ = next->second;
  }
  void back(size_t count) override {
    for (size_t i = 0; i < count; ++i) at_ = node().parent;
  }

  std::shared_ptr<const Nodes> nodes_;
  int64_t at_ = 0;
};

}  // namespace

AnswerTrie::AnswerTrie(const ChatText& text, std::span<const std::string> answers)
    : size_(token_mask_size(text)), end_tokens_(text.end_tokens) {
  if (answers.empty()) throw DataError("answers are to be of a closed set, which is empty");
  rows_ = text.tokenizer.encode_batch(answers, /*add_special_tokens=*/false);
  Nodes nodes(1);
  for (const std::vector<int64_t>& row : rows_) {
    int64_t at = 0;
    for (const int64_t token : row) {
      const auto [next, added] = nodes[size_t(at)].next.try_emplace(token, int64_t(nodes.size()));
      const int64_t parent = at;
      at = next->second;
      if (added) nodes.push_back({.parent = parent});
    }
    nodes[size_t(at)].ends = true;
  }
  nodes_ = std::make_shared<const Nodes>(std::move(nodes));
}

std::unique_ptr<TokenConstraint> AnswerTrie::start() const {
  return std::make_unique<AnswerRow>(nodes_, size_, end_tokens_);
}

}  // namespace tuneval
