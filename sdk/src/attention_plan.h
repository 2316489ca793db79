#pragma once

#include "cpu_kernels.h"
#include "tuneval/model/batch.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace tuneval {

/// Several (queries, keys) pairs of like size, padded to one shape: one call of the attention
/// kernel.
struct AttentionGroup {
  int64_t pairs = 0, queries = 0, keys = 0;  ///< padded shape: pairs × queries × keys
  /// A group of one pair whose queries (keys) are a range needs no gathering.
  int64_t query_begin = -1, key_begin = -1;
  at::Tensor query_index;  ///< int64 [pairs · queries] into the batch; a pad repeats its pair's
                           ///< last
  at::Tensor key_index;    ///< int64 [pairs · keys] slots; a pad is some valid slot, masked
  at::Tensor query_valid;  ///< int64 [n]: places in [pairs · queries] that are no pads; undefined:
                           ///< all
  at::Tensor visible;      ///< bool [pairs, queries, keys]; undefined: every key
  bool causal = false;     ///< visible is exactly the lower triangle (and queries == keys)
  bool own = false;        ///< holds each query's own key: the first group that a query is in
};

/// How attention runs over a forest for one window. Each query is in exactly one own group (its own
/// run and the short or windowed part of its ancestors) and in one shared group for every long
/// ancestor that several runs see whole.
struct AttentionPlan {
  std::vector<AttentionGroup> groups;  ///< own groups first
};

/// How attention runs where few queries read many cached keys. Each query reads some slots for
/// itself, where they lie, and long segments that several see whole together with the others.
struct DecodePlan {
  std::vector<SlotRange> ranges;
  std::vector<int64_t> first_range;    ///< by query, and one behind the last
  int64_t most_keys = 0;               ///< that a query reads for itself
  std::vector<AttentionGroup> shared;  ///< joined to it
};

/// None where a piece is longer than a few tokens, or the device is not a CPU.
std::shared_ptr<const DecodePlan> plan_decoding(const std::vector<Segment>& segments,
                                                const std::vector<Piece>& pieces, int64_t window,
                                                at::Device device);

AttentionPlan plan_attention(const std::vector<Segment>& segments, const std::vector<Piece>& pieces,
                             int64_t window, at::Device device);

}  // namespace tuneval
