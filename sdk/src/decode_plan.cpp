#include "attention_planner.h"

#include <algorithm>

namespace tuneval {

// Longer pieces are no decoding: a call of the attention kernel serves them better.
static constexpr int64_t kLongestDecoded = 16;

DecodePlan Planner::decode_plan() {
  const std::vector<Shared> shared = find_shared();
  const std::vector<std::vector<int64_t>> chains = own_chains(shared);
  DecodePlan plan;
  for (size_t p = 0; p < pieces_.size(); ++p) {
    const Piece& piece = pieces_[p];
    for (int64_t i = 0; i < piece.length; ++i) {
      plan.first_range.push_back(int64_t(plan.ranges.size()));
      const int64_t end = depths_[size_t(piece.segment)] + piece.offset + i + 1;
      const int64_t first = window_ == 0 ? 0 : std::max<int64_t>(0, end - window_);
      int64_t keys = 0;
      for (const int64_t s : chains[p]) {
        const Segment& segment = segments_[size_t(s)];
        const int64_t depth = depths_[size_t(s)];
        const int64_t from = std::max(depth, first), to = std::min(end, depth + segment.length);
        if (from >= to) continue;
        plan.ranges.push_back({segment.begin + from - depth, to - from});
        keys += to - from;
      }
      plan.most_keys = std::max(plan.most_keys, keys);
    }
  }
  plan.first_range.push_back(int64_t(plan.ranges.size()));
  add_shared_groups(shared, plan.shared);
  return plan;
}

std::shared_ptr<const DecodePlan> plan_decoding(const std::vector<Segment>& segments,
                                                const std::vector<Piece>& pieces, int64_t window,
                                                at::Device device) {
  const bool is_short = std::all_of(pieces.begin(), pieces.end(), [](const Piece& piece) {
    return piece.length <= kLongestDecoded;
  });
  if (!is_short || !device.is_cpu()) return nullptr;
  return std::make_shared<const DecodePlan>(
      Planner(segments, pieces, window, device).decode_plan());
}

}  // namespace tuneval
