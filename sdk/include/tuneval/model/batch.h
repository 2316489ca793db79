#pragma once

#include "tuneval/abi.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace tuneval {

struct AttentionPlan;
struct DecodePlan;

/// A run of tokens without a branch. Its tokens lie in the slots [begin, begin + length); a child
/// branches off behind its last token.
struct Segment {
  int64_t parent;  ///< index of the segment before it; −1 at a root. Smaller than its own index
  int64_t begin;   ///< slot of its first token
  int64_t length;
};

/// The part of a segment that a batch computes: its tokens [offset, offset + length). What lies
/// before `offset`, and every ancestor that no piece covers, is in the cache.
struct Piece {
  int64_t segment;
  int64_t offset;
  int64_t length;
};

/// A batch: a forest of tokens in which what several rows share stands once.
///
/// Every token has a slot. Without a cache, slots are the batch's own indices 0 … tokens − 1; with
/// one, they say where in the cache its keys and values lie. Tokens stand in depth-first order, so
/// what descends from a segment is one range.
struct Batch {
  at::Tensor ids;                 ///< int64 [tokens]
  at::Tensor positions;           ///< int64 [tokens]: depth in its tree
  at::Tensor parent;              ///< int64 [tokens]: slot of the token before it; −1 at a root
  at::Tensor slots;               ///< int64 [tokens]
  std::vector<Segment> segments;  ///< all segments, cached ones too
  std::vector<Piece> pieces;      ///< what this batch computes, in the order of its tokens

  int64_t tokens() const { return ids.size(0); }
  /// How attention runs over this forest; made once for each window and kept. 0: no window.
  TUNEVAL_API std::shared_ptr<const AttentionPlan> plan(int64_t window) const;
  /// The same for short pieces over cached keys on a CPU: what decoding needs; null where pieces
  /// are long or the device is another.
  TUNEVAL_API std::shared_ptr<const DecodePlan> decode_plan(int64_t window) const;
  /// int64 [count, tokens]: slots of the 1st, 2nd … count-th token before each token; −1 where its
  /// tree begins. Made once and kept.
  TUNEVAL_API at::Tensor ancestors(int64_t count) const;

 private:
  struct Plans;
  mutable std::shared_ptr<Plans> plans_;
};

/// The trie of rows of token ids.
struct TUNEVAL_API Forest {
  std::vector<int64_t> ids;           ///< by slot
  std::vector<int64_t> parent;        ///< by slot: the slot before it; −1 at a root
  std::vector<Segment> segments;      ///< in depth-first order
  std::vector<int64_t> last;          ///< by row: slot of its last token; −1 for an empty row
  std::vector<int64_t> last_segment;  ///< by row: the segment that ends with it; −1 for an empty
                                      ///< row
  std::vector<int64_t> order;         ///< rows in depth-first order

  /// Slots of a row's tokens, first to last.
  std::vector<int64_t> path(size_t row) const;
  int64_t tokens() const { return static_cast<int64_t>(ids.size()); }
};

/// Finds what rows share by comparing token ids: every distinct prefix becomes one token. A segment
/// ends where rows branch and where a row ends. O(total length · log rows).
TUNEVAL_API Forest make_forest(std::span<const std::vector<int64_t>> rows);

/// A batch of pieces of a forest. `ids` holds the pieces' tokens one after the other; pieces must
/// stand in depth-first order. Throws Error when sizes disagree.
TUNEVAL_API Batch make_batch(std::vector<int64_t> ids, std::vector<Segment> segments,
                             std::vector<Piece> pieces, at::Device device);

/// The whole forest as one batch; its first `cached` slots are left out, being in the cache.
TUNEVAL_API Batch make_batch(const Forest& forest, at::Device device, int64_t cached = 0);

}  // namespace tuneval
