#pragma once

#include "framework/generate/cached_forest.h"

#include <cstdint>
#include <memory>
#include <span>

namespace tuneval {

/// The trie of prompts that come in any order, at any time, as often as they like: what one of them
/// has computed, the next ones find. Prompts, and the answers behind them, stay when their rows
/// have ended, until room is asked for; those that were used last stay longest.
///
/// A prompt's last token is always computed anew, in a segment of the row's own: behind it the
/// model is asked for the answer's first token.
class PrefixStore : public PromptCache {
 public:
  explicit PrefixStore(SlotPool& pool);
  ~PrefixStore() override;

  std::shared_ptr<CachedSegment> add(std::span<const int64_t> prompt) override;
  void keep(std::span<const int64_t> ids, std::shared_ptr<CachedSegment> leaf) override;
  int64_t known(std::span<const int64_t> prompt) override;
  int64_t spare() const override;
  void shrink(int64_t most) override;

 private:
  struct Node;
  struct Place {
    Node* node;
    int64_t depth;  // tokens from the root to the node's end
  };

  /// The deepest place on the way of `ids`, at most `most` tokens deep; where that lies inside a
  /// segment, it is split. What lies on the way counts as used now.
  Place reach(std::span<const int64_t> ids, int64_t most);
  Node& split(Node& node, int64_t length);
  Node& insert(Node& above, std::shared_ptr<CachedSegment> segment, std::span<const int64_t> ids);

  SlotPool& pool_;
  std::unique_ptr<Node> root_;
  uint64_t clock_ = 0;
};

}  // namespace tuneval
