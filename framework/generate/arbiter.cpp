#include "framework/generate/arbiter.h"

#include <algorithm>

namespace tuneval {

namespace {
// Long enough to be computed at full speed, short enough that the last one, which is computed anew
// for every token, costs little more than a token does.
constexpr int64_t kPiece = 64;
}  // namespace

int64_t Arbiter::next(std::span<const int64_t> ids, const TokenMask* mask, const Draw& draw) {
  const auto length = int64_t(ids.size());
  const int64_t whole = (length - 1) / kPiece * kPiece;  // the last token is always computed
  const int64_t most = std::min(whole, int64_t(kept_.size()));
  const int64_t shared =
      std::mismatch(ids.begin(), ids.begin() + most, kept_.begin()).first - ids.begin();
  kept_.resize(size_t(shared / kPiece * kPiece));
  if (length > capacity_) {
    capacity_ = std::max((length / kPiece + 2) * kPiece, capacity_ * 3 / 2);
    cache_.reserve(capacity_);
  }
  at::Tensor hidden;
  for (int64_t begin = int64_t(kept_.size()); begin < length; begin += kPiece) {
    const int64_t count = std::min(kPiece, length - begin);
    const auto piece = ids.subspan(size_t(begin), size_t(count));
    hidden = model_.lm->hidden(make_batch({piece.begin(), piece.end()}, {{-1, 0, begin + count}},
                                          {{0, begin, count}}, model_.device),
                               &cache_);
    if (count == kPiece) kept_.insert(kept_.end(), piece.begin(), piece.end());
  }
  const at::Tensor logits = model_.lm->logits(hidden.narrow(0, hidden.size(0) - 1, 1));
  return choose(logits, {&mask, 1}, {&draw, 1}).front().id;
}

}  // namespace tuneval
