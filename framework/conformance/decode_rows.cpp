#include "framework/conformance/decode_rows.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>

#include <algorithm>

namespace tuneval {

namespace {

/// The first `count` slots of a forest as a batch.
Batch first_slots(const Forest& forest, int64_t count, at::Device device) {
  std::vector<Piece> pieces;
  for (size_t i = 0; i < forest.segments.size(); ++i) {
    const Segment& segment = forest.segments[i];
    const int64_t length = std::clamp<int64_t>(count - segment.begin, 0, segment.length);
    if (length > 0) pieces.push_back({int64_t(i), 0, length});
  }
  return make_batch({forest.ids.begin(), forest.ids.begin() + count}, forest.segments,
                    std::move(pieces), device);
}

/// Hidden states of every slot, [slots, width].
at::Tensor prefill(const ToyModel& toy, const Forest& forest, Cache& cache) {
  const int64_t half = forest.tokens() / 2;
  const at::Tensor first = toy.lm->hidden(first_slots(forest, half, toy.device), &cache);
  const at::Tensor rest = toy.lm->hidden(make_batch(forest, toy.device, half), &cache);
  return at::cat({first, rest});
}

/// Rows that grow in the cache, a segment behind each row's beginning.
class RowDecoder {
 public:
  RowDecoder(const ToyModel& toy, const TokenRows& rows, size_t decoded);
  /// Computes the next token of every row that has one.
  void step();
  at::Tensor logits_of(size_t row) const { return toy_.lm->logits(at::stack(states_[row])); }

 private:
  const ToyModel& toy_;
  const TokenRows& rows_;
  Forest forest_;
  Cache cache_;
  std::vector<Segment> segments_;
  std::vector<int64_t> own_;                     // by row: the segment of its decoded tokens
  std::vector<std::vector<at::Tensor>> states_;  // by row: hidden states so far
};

TokenRows beginnings(const TokenRows& rows, size_t decoded) {
  TokenRows prompts;
  for (const auto& row : rows) {
    const size_t kept = std::max<size_t>(1, row.size() - std::min(row.size(), decoded));
    prompts.emplace_back(row.begin(), row.begin() + int64_t(kept));
  }
  return prompts;
}

RowDecoder::RowDecoder(const ToyModel& toy, const TokenRows& rows, size_t decoded)
    : toy_(toy), rows_(rows), forest_(make_forest(beginnings(rows, decoded))) {
  cache_.reserve(forest_.tokens() + int64_t(rows.size() * decoded));
  const at::Tensor hidden = prefill(toy, forest_, cache_);
  states_.resize(rows.size());
  own_.resize(rows.size());
  segments_ = forest_.segments;
  for (int64_t row : forest_.order) {
    for (int64_t slot : forest_.path(size_t(row))) states_[size_t(row)].push_back(hidden[slot]);
    own_[size_t(row)] = int64_t(segments_.size());
    segments_.push_back(
        {forest_.last_segment[size_t(row)], forest_.tokens() + row * int64_t(decoded), 0});
  }
}

void RowDecoder::step() {
  std::vector<int64_t> ids, active;
  std::vector<Piece> pieces;
  for (int64_t row : forest_.order) {
    const auto& tokens = rows_[size_t(row)];
    const size_t done = states_[size_t(row)].size();
    if (done == tokens.size()) continue;
    const int64_t segment = own_[size_t(row)];
    pieces.push_back({segment, segments_[size_t(segment)].length++, 1});
    ids.push_back(tokens[done]);
    active.push_back(row);
  }
  if (ids.empty()) return;
  const at::Tensor next = toy_.lm->hidden(
      make_batch(std::move(ids), segments_, std::move(pieces), toy_.device), &cache_);
  for (size_t i = 0; i < active.size(); ++i) {
    states_[size_t(active[i])].push_back(next[int64_t(i)]);
  }
}

}  // namespace

std::vector<at::Tensor> decode_rows(const ToyModel& toy, const TokenRows& rows, size_t decoded) {
  RowDecoder decoder(toy, rows, decoded);
  for (size_t step = 0; step < decoded; ++step) decoder.step();
  std::vector<at::Tensor> logits;
  for (size_t row = 0; row < rows.size(); ++row) logits.push_back(decoder.logits_of(row));
  return logits;
}

}  // namespace tuneval
