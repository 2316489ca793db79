#pragma once

#include "framework/generate/slots.h"
#include "tuneval/model/batch.h"

#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

namespace tuneval {

/// A segment that has slots in the cache for as long as somebody holds it: a row that goes on from
/// its end, or a segment behind it.
struct CachedSegment {
  CachedSegment(std::shared_ptr<CachedSegment> above, SlotRange taken, int64_t filled)
      : parent(std::move(above)), slots(std::move(taken)), length(filled) {}

  std::shared_ptr<CachedSegment> parent;  ///< null at a root
  SlotRange slots;
  int64_t length;        ///< tokens in it; at most slots.length()
  int64_t computed = 0;  ///< of those, how many the cache holds; what is left awaits prefilling
};

/// The segments from the root down to `leaf`.
std::vector<CachedSegment*> chain_of(const std::shared_ptr<CachedSegment>& leaf);

/// The trie of prompts that come in sorted order. Of those, a prompt shares most with the one
/// before it; that one's segments are kept until the next has come, so that every prefix is
/// computed once, however few rows are decoded at a time.
class PromptTrie {
 public:
  explicit PromptTrie(SlotPool& pool) : pool_(pool) {}

  /// The segment that ends with the prompt's last token; new ones have nothing computed. A segment
  /// in whose middle the prompt branches off is split: whoever held it holds its end.
  std::shared_ptr<CachedSegment> add(std::span<const int64_t> prompt);

 private:
  SlotPool& pool_;
  std::vector<int64_t> last_;
  std::shared_ptr<CachedSegment> last_leaf_;
};

/// The segments that one batch needs, numbered parents first.
class SegmentList {
 public:
  int64_t index_of(const CachedSegment& segment);
  /// One that nobody else will ask for; its parent is in the list.
  int64_t add(const Segment& segment) {
    segments_.push_back(segment);
    return int64_t(segments_.size()) - 1;
  }
  std::vector<Segment> take() { return std::move(segments_); }

 private:
  std::vector<Segment> segments_;
  std::unordered_map<const CachedSegment*, int64_t> index_;
};

}  // namespace tuneval
