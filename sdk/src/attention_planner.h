#pragma once

#include "attention_plan.h"

#include <span>

namespace tuneval {

/// Consecutive queries of one piece, and the slots that they read for themselves.
struct Run {
  int64_t begin = 0, length = 0;  // queries, batch indices
  int64_t position = 0;           // of the first query
  int64_t window = 0;             // 0: no key is too far back
  std::vector<int64_t> keys;      // slots, in order of their positions
  std::vector<int64_t> key_positions;
};

/// A segment that all queries below it see whole.
struct Shared {
  int64_t segment = 0;
  int64_t begin = 0, length = 0;  // the queries, batch indices
};

class Planner {
 public:
  Planner(const std::vector<Segment>& segments, const std::vector<Piece>& pieces, int64_t window,
          at::Device device);
  AttentionPlan plan();
  DecodePlan decode_plan();

 private:
  std::vector<Shared> find_shared() const;
  std::vector<Run> make_runs(const std::vector<Shared>& shared) const;
  void read_keys(Run& run, const std::vector<int64_t>& chain, int64_t first) const;
  void add_own_groups(std::vector<Run> runs);
  void add_group(std::span<const Run> runs);
  void set_visible(AttentionGroup& group, std::span<const Run> runs) const;
  std::vector<std::vector<int64_t>> own_chains(const std::vector<Shared>& shared) const;
  void add_shared_groups(const std::vector<Shared>& shared,
                         std::vector<AttentionGroup>& groups) const;

  const std::vector<Segment>& segments_;
  const std::vector<Piece>& pieces_;
  int64_t window_;
  at::Device device_;
  std::vector<int64_t> depths_;       // of each segment's first token
  std::vector<int64_t> piece_begin_;  // batch index of each piece's first token
  AttentionPlan plan_;
};

}  // namespace tuneval
