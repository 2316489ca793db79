#include "tuneval/model/batch.h"

#include <algorithm>
#include <numeric>

namespace tuneval {

namespace {

using Ids = std::vector<int64_t>;

size_t shared_length(const Ids& a, const Ids& b) {
  const size_t most = std::min(a.size(), b.size());
  return size_t(std::mismatch(a.begin(), a.begin() + int64_t(most), b.begin()).first - a.begin());
}

/// Sorted rows, and how many tokens each shares with the one before it: that is the trie.
struct Sorted {
  std::vector<int64_t> order;
  std::vector<size_t> shared;  // by place in `order`
};

Sorted sort_rows(std::span<const Ids> rows) {
  Sorted sorted;
  sorted.order.resize(rows.size());
  std::iota(sorted.order.begin(), sorted.order.end(), 0);
  std::stable_sort(sorted.order.begin(), sorted.order.end(),
                   [&](int64_t a, int64_t b) { return rows[size_t(a)] < rows[size_t(b)]; });
  sorted.shared.resize(rows.size(), 0);
  for (size_t i = 1; i < rows.size(); ++i) {
    sorted.shared[i] =
        shared_length(rows[size_t(sorted.order[i - 1])], rows[size_t(sorted.order[i])]);
  }
  return sorted;
}

/// Cuts the slots into segments: a new one begins at a root, behind a slot with several children or
/// with a row's end, and wherever the slot before is not the parent.
void cut_segments(Forest& forest) {
  const size_t count = forest.ids.size();
  std::vector<char> ends(count, 0);
  std::vector<int64_t> children(count, 0);
  for (int64_t parent : forest.parent) {
    if (parent >= 0) ++children[size_t(parent)];
  }
  for (size_t slot = 0; slot < count; ++slot) ends[slot] = children[slot] != 1;
  for (int64_t last : forest.last) {
    if (last >= 0) ends[size_t(last)] = 1;
  }
  std::vector<int64_t> segment_of(count);
  for (size_t slot = 0; slot < count; ++slot) {
    const int64_t parent = forest.parent[slot];
    const bool goes_on = parent >= 0 && parent == int64_t(slot) - 1 && !ends[size_t(parent)];
    if (!goes_on) {
      const int64_t above = parent < 0 ? -1 : segment_of[size_t(parent)];
      forest.segments.push_back({above, int64_t(slot), 0});
    }
    ++forest.segments.back().length;
    segment_of[slot] = int64_t(forest.segments.size()) - 1;
  }
  for (int64_t last : forest.last) {
    forest.last_segment.push_back(last < 0 ? -1 : segment_of[size_t(last)]);
  }
}

}  // namespace

std::vector<int64_t> Forest::path(size_t row) const {
  std::vector<int64_t> slots;
  for (int64_t slot = last.at(row); slot >= 0; slot = parent[size_t(slot)]) slots.push_back(slot);
  std::reverse(slots.begin(), slots.end());
  return slots;
}

Forest make_forest(std::span<const Ids> rows) {
  const Sorted sorted = sort_rows(rows);
  Forest forest;
  forest.last.assign(rows.size(), -1);
  forest.order = sorted.order;
  std::vector<int64_t> path;  // slots of the row before
  for (size_t i = 0; i < rows.size(); ++i) {
    const Ids& row = rows[size_t(sorted.order[i])];
    path.resize(sorted.shared[i]);
    for (size_t depth = path.size(); depth < row.size(); ++depth) {
      forest.parent.push_back(path.empty() ? -1 : path.back());
      path.push_back(int64_t(forest.ids.size()));
      forest.ids.push_back(row[depth]);
    }
    if (!path.empty()) forest.last[size_t(sorted.order[i])] = path.back();
  }
  cut_segments(forest);
  return forest;
}

}  // namespace tuneval
