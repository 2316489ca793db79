#include "framework/generate/lookup.h"

#include <algorithm>

namespace tuneval {

namespace {
// A step on this many tokens still costs much less than as many steps, where reading the weights is
// what takes the time; drafts are rarely right for longer.
constexpr int64_t kLongest = 8;
// A row whose drafts fail is left alone for so many steps: doubled with each failure, since an
// answer may begin to copy late (the arguments of a call, say) or never.
constexpr int64_t kFirstPause = 4, kLongestPause = 64;
}  // namespace

std::vector<int64_t> look_up(std::span<const int64_t> ids, int64_t most) {
  const auto size = int64_t(ids.size());
  if (most <= 0 || size < 3) return {};
  const int64_t last = ids[size_t(size) - 1], before = ids[size_t(size) - 2];
  int64_t from = -1;  // where the copy begins
  for (int64_t at = size - 1; at >= 2; --at) {
    if (ids[size_t(at) - 1] != last || ids[size_t(at) - 2] != before) continue;
    const bool three = at >= 3 && ids[size_t(at) - 3] == ids[size_t(size) - 3];
    if (from < 0 || three) from = at;
    if (three) break;
  }
  std::vector<int64_t> draft;
  if (from < 0) return draft;
  for (int64_t i = 0; i < most; ++i) {
    const int64_t at = from + i;
    draft.push_back(at < size ? ids[size_t(at)] : draft[size_t(at - size)]);
  }
  return draft;
}

void DraftPace::learn(int64_t drafted, int64_t accepted) {
  if (drafted == 0) {
    pause_ = std::max<int64_t>(0, pause_ - 1);
  } else if (accepted == drafted) {
    most_ = std::min(kLongest, 2 * std::max<int64_t>(most_, 2));
    failures_ = 0;
  } else if (accepted > 0) {
    most_ = accepted + 1;
    failures_ = 0;
  } else {
    most_ = std::max<int64_t>(1, most_ / 2);
    if (++failures_ >= 2) {
      pause_ = std::min(kLongestPause, kFirstPause << std::min<int64_t>(failures_ - 2, 8));
    }
  }
}

}  // namespace tuneval
