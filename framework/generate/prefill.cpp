#include "framework/generate/call_budget.h"
#include "framework/generate/decoder_row.h"

#include <algorithm>

namespace tuneval {

/// Tokens [offset, offset + length) of a segment, to be prefilled.
struct Decoder::Part {
  CachedSegment* segment;
  Row* row;       // the first one behind the segment, and the one that ends with it, if any does
  int64_t depth;  // of the segment's first token
  int64_t offset, length;
};

/// Everything that the rows' prompts have and the cache has not, in calls of `token_budget` tokens.
void Decoder::prefill_rows(std::span<Row* const> rows) {
  const int64_t budget = tokens_a_call(model_.device, options_.token_budget);
  std::vector<Part> call;
  int64_t tokens = 0;
  const auto flush = [&] {
    if (!call.empty()) prefill_call(call);
    call.clear();
    tokens = 0;
  };
  for (Row* const row : rows) {
    int64_t depth = 0;
    for (CachedSegment* segment : chain_of(row->segment)) {
      int64_t left = segment->length - segment->computed;
      if (left <= budget && tokens + left > budget) flush();  // rather than cut it
      while (left > 0) {
        const int64_t length = std::min(left, budget - tokens);
        call.push_back({segment, row, depth, segment->computed, length});
        segment->computed += length;
        left -= length;
        tokens += length;
        if (tokens == budget) flush();
      }
      depth += segment->length;
    }
  }
  flush();
}

void Decoder::prefill_call(std::span<const Part> parts) {
  std::vector<int64_t> ids;
  Asked asked;
  std::vector<Piece> pieces;
  std::vector<Row*> ending;
  SegmentList segments;
  for (const Part& part : parts) {
    const auto first = part.row->ids.begin() + part.depth + part.offset;
    ids.insert(ids.end(), first, first + part.length);
    pieces.push_back({segments.index_of(*part.segment), part.offset, part.length});
    if (part.segment == part.row->segment.get() &&
        part.offset + part.length == part.segment->length) {
      Row& row = *part.row;
      ending.push_back(&row);
      if (row.constraint) row.masks.assign(1, row.constraint->mask());
      asked.add(int64_t(ids.size()) - 1, row, 0);
    }
  }
  counts_.computed_tokens += int64_t(ids.size());
  const std::vector<Choice> choices =
      compute(std::move(ids), std::move(segments), std::move(pieces), asked);
  for (size_t i = 0; i < ending.size(); ++i) {
    ending[i]->guarded([&] { settle(*ending[i], std::span(choices).subspan(i, 1)); });
  }
}

}  // namespace tuneval
