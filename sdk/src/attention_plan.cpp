#include "attention_planner.h"
#include "to_device.h"

#include <ATen/ops/tensor.h>

#include <algorithm>

namespace tuneval {

namespace {

// A shared ancestor shorter than this is read by each run for itself: one more call of the kernel
// would cost more than the few repeated keys.
constexpr int64_t kShortestShared = 24;
// Runs longer than this are attended in several calls, so that keys behind a call's last query are
// not computed in vain; also the bound from which a run is a group of its own.
constexpr int64_t kLongRun = 128;
// A group is padded to its longest pair as long as pads stay below this share of the work.
constexpr double kMostPadding = 0.25;

bool is_range(const std::vector<int64_t>& slots) {
  for (size_t i = 1; i < slots.size(); ++i) {
    if (slots[i] != slots[i - 1] + 1) return false;
  }
  return true;
}

}  // namespace

Planner::Planner(const std::vector<Segment>& segments, const std::vector<Piece>& pieces,
                 int64_t window, at::Device device)
    : segments_(segments), pieces_(pieces), window_(window), device_(device) {
  depths_.resize(segments.size());
  for (size_t i = 0; i < segments.size(); ++i) {
    const int64_t parent = segments[i].parent;
    depths_[i] = parent < 0 ? 0 : depths_[size_t(parent)] + segments[size_t(parent)].length;
  }
  int64_t begin = 0;
  for (const Piece& piece : pieces) {
    piece_begin_.push_back(begin);
    begin += piece.length;
  }
}

AttentionPlan Planner::plan() {
  const std::vector<Shared> shared = find_shared();
  add_own_groups(make_runs(shared));
  add_shared_groups(shared, plan_.groups);
  return std::move(plan_);
}

/// Long segments that two or more pieces below them see whole.
std::vector<Shared> Planner::find_shared() const {
  struct Seen {
    int64_t first = -1, last = -1, pieces = 0, deepest = 0;
  };
  std::vector<Seen> seen(segments_.size());
  for (size_t p = 0; p < pieces_.size(); ++p) {
    const Piece& piece = pieces_[p];
    const int64_t end = depths_[size_t(piece.segment)] + piece.offset + piece.length;
    for (int64_t s = segments_[size_t(piece.segment)].parent; s >= 0;
         s = segments_[size_t(s)].parent) {
      Seen& below = seen[size_t(s)];
      if (below.pieces++ == 0) below.first = int64_t(p);
      below.last = int64_t(p);
      below.deepest = std::max(below.deepest, end);
    }
  }
  std::vector<Shared> shared;
  for (size_t s = 0; s < segments_.size(); ++s) {
    const Seen& below = seen[s];
    const bool one_range = below.last - below.first + 1 == below.pieces;
    const bool in_window = window_ == 0 || below.deepest - depths_[s] <= window_;
    if (segments_[s].length < kShortestShared || below.pieces < 2 || !one_range || !in_window) {
      continue;
    }
    const int64_t begin = piece_begin_[size_t(below.first)];
    const int64_t end = piece_begin_[size_t(below.last)] + pieces_[size_t(below.last)].length;
    shared.push_back({int64_t(s), begin, end - begin});
  }
  return shared;
}

/// The keys at positions [first, end) of a chain of segments, root first.
void Planner::read_keys(Run& run, const std::vector<int64_t>& chain, int64_t first) const {
  const int64_t end = run.position + run.length;
  for (int64_t s : chain) {
    const int64_t depth = depths_[size_t(s)];
    const int64_t from = std::max(depth, first);
    const int64_t to = std::min(end, depth + segments_[size_t(s)].length);
    for (int64_t position = from; position < to; ++position) {
      run.keys.push_back(segments_[size_t(s)].begin + position - depth);
      run.key_positions.push_back(position);
    }
  }
}

/// By piece: the segments whose keys it reads for itself, root first.
std::vector<std::vector<int64_t>> Planner::own_chains(const std::vector<Shared>& shared) const {
  std::vector<char> is_shared(segments_.size(), 0);
  for (const Shared& below : shared) is_shared[size_t(below.segment)] = 1;
  std::vector<std::vector<int64_t>> chains;
  for (const Piece& piece : pieces_) {
    std::vector<int64_t>& chain = chains.emplace_back();
    for (int64_t s = piece.segment; s >= 0; s = segments_[size_t(s)].parent) {
      // Its own segment it sees in part, though those below may see it whole.
      if (s == piece.segment || !is_shared[size_t(s)]) chain.push_back(s);
    }
    std::reverse(chain.begin(), chain.end());
  }
  return chains;
}

std::vector<Run> Planner::make_runs(const std::vector<Shared>& shared) const {
  const std::vector<std::vector<int64_t>> chains = own_chains(shared);
  std::vector<Run> runs;
  for (size_t p = 0; p < pieces_.size(); ++p) {
    const Piece& piece = pieces_[p];
    const std::vector<int64_t>& chain = chains[p];
    const int64_t begin = depths_[size_t(piece.segment)] + piece.offset;
    const bool alone = chain.size() == 1 && piece.offset == 0;
    const bool narrow = window_ > 0 && begin + piece.length - depths_[size_t(chain[0])] > window_;
    const int64_t step = alone && !narrow ? piece.length : 2 * kLongRun;
    for (int64_t done = 0; done < piece.length; done += step) {
      Run run;
      run.begin = piece_begin_[p] + done;
      run.length = std::min(step, piece.length - done);
      run.position = begin + done;
      run.window = narrow ? window_ : 0;
      read_keys(run, chain, narrow ? std::max<int64_t>(0, run.position - window_ + 1) : 0);
      runs.push_back(std::move(run));
    }
  }
  return runs;
}

void Planner::add_own_groups(std::vector<Run> runs) {
  std::stable_sort(runs.begin(), runs.end(), [](const Run& a, const Run& b) {
    return std::pair(a.keys.size(), a.length) < std::pair(b.keys.size(), b.length);
  });
  size_t first = 0;
  while (first < runs.size()) {
    size_t end = first + 1;
    int64_t queries = runs[first].length;
    double work = double(runs[first].length) * double(runs[first].keys.size());
    for (; end < runs.size(); ++end) {
      const Run& next = runs[end];
      const int64_t wider = std::max(queries, next.length);
      const double more = work + double(next.length) * double(next.keys.size());
      const double padded = double(end + 1 - first) * double(wider) * double(next.keys.size());
      const bool small = padded < 4096;  // pads of a tiny group cost less than a call
      if (int64_t(next.keys.size()) > 4 * kLongRun && next.length > 1) break;
      if (!small && padded * (1 - kMostPadding) > more) break;
      queries = wider;
      work = more;
    }
    add_group(std::span(runs).subspan(first, end - first));
    first = end;
  }
}

/// Fills in which keys each query of each pair sees.
void Planner::set_visible(AttentionGroup& group, std::span<const Run> runs) const {
  if (runs.size() == 1 && runs[0].keys.size() == size_t(runs[0].length)) {
    group.causal = runs[0].window == 0;  // its keys are the queries themselves
    if (group.causal) return;
  }
  std::vector<uint8_t> visible(size_t(group.pairs * group.queries * group.keys), 0);
  bool all = true;
  size_t at = 0;
  for (const Run& run : runs) {
    for (int64_t q = 0; q < group.queries; ++q) {
      const int64_t position = run.position + std::min(q, run.length - 1);
      for (int64_t k = 0; k < group.keys; ++k, ++at) {
        if (k < int64_t(run.keys.size())) {
          const int64_t back = position - run.key_positions[size_t(k)];
          visible[at] = back >= 0 && (run.window == 0 || back < run.window);
        }
        all &= visible[at] != 0;
      }
    }
  }
  if (all) return;
  group.visible = to_device(at::tensor(visible, at::kByte), device_).to(at::kBool);
  group.visible = group.visible.view({group.pairs, group.queries, group.keys});
}

void Planner::add_group(std::span<const Run> runs) {
  AttentionGroup group;
  group.own = true;
  group.pairs = int64_t(runs.size());
  for (const Run& run : runs) {
    group.queries = std::max(group.queries, run.length);
    group.keys = std::max(group.keys, int64_t(run.keys.size()));
  }
  std::vector<int64_t> query_index, key_index, valid;
  for (const Run& run : runs) {
    for (int64_t q = 0; q < group.queries; ++q) {
      if (q < run.length) valid.push_back(int64_t(query_index.size()));
      query_index.push_back(run.begin + std::min(q, run.length - 1));
    }
    for (int64_t k = 0; k < group.keys; ++k) {
      key_index.push_back(run.keys[std::min(size_t(k), run.keys.size() - 1)]);
    }
  }
  set_visible(group, runs);
  if (runs.size() == 1) {
    group.query_begin = runs[0].begin;
    if (is_range(runs[0].keys)) group.key_begin = runs[0].keys[0];
  }
  group.query_index = to_device(at::tensor(query_index, at::kLong), device_);
  group.key_index = to_device(at::tensor(key_index, at::kLong), device_);
  if (valid.size() < query_index.size()) {
    group.query_valid = to_device(at::tensor(valid, at::kLong), device_);
  }
  plan_.groups.push_back(std::move(group));
}

void Planner::add_shared_groups(const std::vector<Shared>& shared,
                                std::vector<AttentionGroup>& groups) const {
  for (const Shared& below : shared) {
    const Segment& segment = segments_[size_t(below.segment)];
    AttentionGroup group;
    group.pairs = 1;
    group.queries = below.length;
    group.keys = segment.length;
    group.query_begin = below.begin;
    group.key_begin = segment.begin;
    groups.push_back(std::move(group));
  }
}

AttentionPlan plan_attention(const std::vector<Segment>& segments, const std::vector<Piece>& pieces,
                             int64_t window, at::Device device) {
  return Planner(segments, pieces, window, device).plan();
}

}  // namespace tuneval
