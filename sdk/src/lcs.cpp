#include "tuneval/metric/lcs.h"

#include <algorithm>
#include <bit>
#include <vector>

namespace tuneval {

namespace {

size_t blocks_of(size_t positions) { return (positions + 63) / 64; }

/// Where each kind of element stands in a sequence, as bit masks of 64 positions a block.
///
/// A kind that is frequent keeps its mask; there are at most 64 such kinds, as their positions are
/// more than the blocks. The others keep their positions, from which the mask is written when it is
/// needed. So memory stays linear, and making a mask costs no more than using it.
class Places {
 public:
  Places(std::span<const int32_t> sequence, int32_t kinds)
      : blocks_(blocks_of(sequence.size())),
        first_(size_t(kinds) + 1),
        masks_(kinds),
        written_(blocks_),
        positions_(sequence.size()) {
    for (const int32_t kind : sequence) ++first_[kind + 1];
    for (int32_t kind = 0; kind < kinds; ++kind) {
      if (size_t(first_[kind + 1]) > blocks_) masks_[kind].resize(blocks_);
      first_[kind + 1] += first_[kind];
    }
    std::vector<int64_t> next(first_.begin(), first_.end() - 1);
    for (size_t i = 0; i < sequence.size(); ++i) positions_[next[sequence[i]]++] = int64_t(i);
    for (int32_t kind = 0; kind < kinds; ++kind) {
      if (!masks_[kind].empty()) set_bits(kind, masks_[kind]);
    }
  }

  bool has(int32_t kind) const { return first_[kind] < first_[kind + 1]; }

  /// The mask of a kind, until the next call.
  const std::vector<uint64_t>& mask(int32_t kind) {
    if (!masks_[kind].empty()) return masks_[kind];
    for (const size_t block : touched_) written_[block] = 0;
    touched_.clear();
    for (int64_t i = first_[kind]; i < first_[kind + 1]; ++i)
      touched_.push_back(positions_[i] / 64);
    set_bits(kind, written_);
    return written_;
  }

 private:
  void set_bits(int32_t kind, std::vector<uint64_t>& mask) const {
    for (int64_t i = first_[kind]; i < first_[kind + 1]; ++i) {
      mask[positions_[i] / 64] |= uint64_t{1} << (positions_[i] % 64);
    }
  }

  size_t blocks_;
  std::vector<int64_t> first_;  ///< of each kind, where its positions begin
  std::vector<std::vector<uint64_t>> masks_;
  std::vector<uint64_t> written_;
  std::vector<int64_t> positions_;
  std::vector<size_t> touched_;
};

/// One column of the table of lengths, a bit for each row: 0 where the length grows. Adding the
/// mask carries each match down to the row where it adds nothing (Crochemore et al. 2001, Hyyrö
/// 2004).
void step(std::vector<uint64_t>& column, const std::vector<uint64_t>& mask) {
  uint64_t carry = 0;
  for (size_t i = 0; i < column.size(); ++i) {
    const uint64_t old = column[i], matches = old & mask[i];
    const uint64_t sum = old + matches, with_carry = sum + carry;
    carry = uint64_t(sum < old) | uint64_t(with_carry < sum);
    column[i] = with_carry | (old & ~mask[i]);
  }
}

/// Cuts off the elements at the beginning that are the same in both; returns how many.
int64_t cut_common(std::span<const int32_t>& a, std::span<const int32_t>& b) {
  const auto same = size_t(std::ranges::mismatch(a, b).in1 - a.begin());
  a = a.subspan(same);
  b = b.subspan(same);
  return int64_t(same);
}

int64_t cut_common_end(std::span<const int32_t>& a, std::span<const int32_t>& b) {
  size_t same = 0;
  while (same < a.size() && same < b.size() && a[a.size() - 1 - same] == b[b.size() - 1 - same]) {
    ++same;
  }
  a = a.first(a.size() - same);
  b = b.first(b.size() - same);
  return int64_t(same);
}

}  // namespace

std::optional<int64_t> lcs_length(std::span<const int32_t> a, std::span<const int32_t> b,
                                  int32_t kinds, int64_t& budget) {
  int64_t length = cut_common(a, b);
  length += cut_common_end(a, b);
  if (a.empty() || b.empty()) return length;
  const auto steps = int64_t(blocks_of(a.size()) * b.size());
  if (steps > budget) return std::nullopt;
  budget -= steps;
  Places places(a, kinds);
  std::vector<uint64_t> column(blocks_of(a.size()), ~uint64_t{0});
  for (const int32_t kind : b) {
    if (places.has(kind)) step(column, places.mask(kind));
  }
  // Rows behind the end of `a` have no match, so that their bits stay 1.
  for (const uint64_t rows : column) length += std::popcount(~rows);
  return length;
}

}  // namespace tuneval
