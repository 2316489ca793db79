#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tuneval {

/// At most `most` tokens that may follow a row's ids: what followed the last earlier place where
/// its last three ids stand, or else its last two; empty where there is none. A copy that runs into
/// the end of the row goes on with itself. (Prompt lookup decoding, Saxena 2023.)
std::vector<int64_t> look_up(std::span<const int64_t> ids, int64_t most);

/// How many tokens a row may draft, by how its drafts have fared: more after a draft that was right
/// to its end, fewer after one that was not, none for a while after several that gave nothing.
class DraftPace {
 public:
  /// For the row's next step.
  int64_t most() const { return pause_ > 0 ? 0 : most_; }
  /// One step: so many tokens were drafted, and so many of them were right.
  void learn(int64_t drafted, int64_t accepted);

 private:
  int64_t most_ = 4;
  int64_t failures_ = 0;  // drafts in a row that gave nothing
  int64_t pause_ = 0;     // steps left without a draft
};

}  // namespace tuneval
