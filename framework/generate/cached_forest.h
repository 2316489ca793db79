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

/// Splits off a segment's first `length` tokens; returns them. The segment, and with it whoever
/// holds it, is left with the rest.
std::shared_ptr<CachedSegment> split_segment(CachedSegment& segment, int64_t length);

/// Where prompts get their segments, and what is kept of them when nobody holds them any more.
class PromptCache {
 public:
  PromptCache() = default;
  PromptCache(const PromptCache&) = delete;
  PromptCache& operator=(const PromptCache&) = delete;
  virtual ~PromptCache() = default;

  /// The segment that ends with the prompt's last token, which is not computed yet. A segment in
  /// whose middle the prompt branches off is split: whoever held it holds its end.
  virtual std::shared_ptr<CachedSegment> add(std::span<const int64_t> prompt) = 0;
  /// Takes over what a row that has ended has in the cache: `ids`, all computed, of which `leaf` is
  /// the end. Nobody but the row has held what it computed behind its prompt.
  virtual void keep(std::span<const int64_t>, std::shared_ptr<CachedSegment>) {}
  /// How many of the prompt's tokens are in the cache; they count as used now.
  virtual int64_t known(std::span<const int64_t>) { return 0; }
  /// Slots of what is kept and held by nobody.
  virtual int64_t spare() const { return 0; }
  /// Lets go of what is kept and held by nobody, as long as more than `most` slots are taken.
  virtual void shrink(int64_t) {}
};

/// The trie of prompts that come in sorted order. Of those, a prompt shares most with the one
/// before it; that one's segments are kept until the next has come, so that every prefix is
/// computed once, however few rows are decoded at a time.
class PromptTrie : public PromptCache {
 public:
  explicit PromptTrie(SlotPool& pool) : pool_(pool) {}

  std::shared_ptr<CachedSegment> add(std::span<const int64_t> prompt) override;

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
