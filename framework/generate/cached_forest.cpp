#include "framework/generate/cached_forest.h"

#include <algorithm>

namespace tuneval {

std::vector<CachedSegment*> chain_of(const std::shared_ptr<CachedSegment>& leaf) {
  std::vector<CachedSegment*> chain;
  for (CachedSegment* at = leaf.get(); at; at = at->parent.get()) chain.push_back(at);
  std::reverse(chain.begin(), chain.end());
  return chain;
}

std::shared_ptr<CachedSegment> split_segment(CachedSegment& segment, int64_t length) {
  auto front = std::make_shared<CachedSegment>(std::move(segment.parent),
                                               segment.slots.split(length), length);
  front->computed = std::min(segment.computed, length);
  segment.computed -= front->computed;
  segment.length -= length;
  segment.parent = front;
  return front;
}

std::shared_ptr<CachedSegment> PromptTrie::add(std::span<const int64_t> prompt) {
  // Not the prompt's last token: behind it the model is asked, even where it was asked before.
  const size_t most = std::min(last_.size(), prompt.size() - 1);
  const auto shared =
      int64_t(std::mismatch(last_.begin(), last_.begin() + int64_t(most), prompt.begin()).first -
              last_.begin());
  std::shared_ptr<CachedSegment> above = last_leaf_;
  int64_t end = int64_t(last_.size());  // depth behind the last token of `above`
  while (above && end - above->length >= shared) {
    end -= above->length;
    above = above->parent;
  }
  if (above && shared < end) above = split_segment(*above, shared - (end - above->length));
  const int64_t fresh = int64_t(prompt.size()) - shared;
  above = std::make_shared<CachedSegment>(std::move(above), SlotRange(pool_, fresh), fresh);
  last_.assign(prompt.begin(), prompt.end());
  last_leaf_ = above;
  return above;
}

int64_t SegmentList::index_of(const CachedSegment& segment) {
  if (const auto found = index_.find(&segment); found != index_.end()) return found->second;
  const int64_t parent = segment.parent ? index_of(*segment.parent) : -1;
  segments_.push_back({parent, segment.slots.begin(), segment.length});
  return index_[&segment] = int64_t(segments_.size()) - 1;
}

}  // namespace tuneval
