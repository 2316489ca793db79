#pragma once

#include "tests/support/toy_models.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace tuneval::test {

/// Rows that share beginnings in one way or another.
struct ForestCase {
  std::string name;
  TokenRows rows;
  int64_t prompt_length;  ///< of every row that is longer
};

inline std::vector<ForestCase> forest_cases() {
  std::vector<ForestCase> cases;
  cases.push_back({"identical", TokenRows(4, random_ids(17, 1)), 9});

  const auto whole = random_ids(23, 2);
  cases.push_back({"beginnings",
                   {whole, {whole.begin(), whole.begin() + 11}, {whole.begin(), whole.begin() + 2}},
                   4});

  ForestCase none{"nothing_shared", {}, 3};
  for (size_t i = 0; i < 7; ++i) {
    none.rows.push_back(joined({int64_t(10 + i)}, random_ids(3 + 9 * i, 30 + i)));
  }
  cases.push_back(none);

  ForestCase tiny{"tiny_branches", {}, 5};  // twigs of one to four tokens on branches of three
  for (size_t i = 0; i < 60; ++i) {
    const auto branch = joined(random_ids(6, 3), random_ids(3, 40 + i % 12));
    tiny.rows.push_back(joined(branch, random_ids(1 + i % 4, 100 + i)));
  }
  cases.push_back(tiny);

  // A shared beginning that is attended once for all, under tails of very unlike lengths.
  ForestCase tails{"long_shared_short_and_long_tails", {}, 225};
  for (size_t i = 0; i < 30; ++i) {
    tails.rows.push_back(joined(random_ids(230, 4), random_ids(1 + i % 6, 200 + i)));
  }
  tails.rows.push_back(joined(random_ids(230, 4), random_ids(330, 5)));
  cases.push_back(tails);

  // One too short for that, under tails that are attended in several calls.
  ForestCase split{"short_shared_long_tails", {}, 8};
  for (size_t i = 0; i < 3; ++i) {
    split.rows.push_back(joined(random_ids(10, 6), random_ids(270 + 60 * i, 60 + i)));
  }
  cases.push_back(split);

  ForestCase equal{"equal_tails", {}, 41};
  for (size_t i = 0; i < 12; ++i) {
    equal.rows.push_back(joined(random_ids(40, 8), joined({int64_t(20 + i)}, random_ids(2, i))));
  }
  cases.push_back(equal);

  // Shared parts within shared parts, some of them short.
  ForestCase nested{"nested", {}, 30};
  for (size_t i = 0; i < 24; ++i) {
    auto row = joined(random_ids(60, 7), random_ids(40, 70 + i % 2));
    row = joined(row, random_ids(10, 80 + i % 6));
    nested.rows.push_back(joined(row, random_ids(5 + 3 * (i % 5), 300 + i)));
  }
  cases.push_back(nested);

  // A branch behind every token: what a short convolution looks back at lies in other segments.
  ForestCase twigs{"branches_behind_every_token", {}, 3};
  for (size_t i = 0; i < 16; ++i) {
    const std::vector<int64_t> path = {8 + int64_t(i % 2), 8 + int64_t(i / 2 % 2),
                                       8 + int64_t(i / 4 % 2), 8 + int64_t(i / 8)};
    twigs.rows.push_back(joined(path, random_ids(i % 5, 400 + i)));
  }
  twigs.rows.push_back({8});
  cases.push_back(twigs);
  return cases;
}

/// The pieces of a forest's slots [begin, end). Ancestors come before their descendants, so any
/// cuts of the slots make batches that can follow each other through a cache.
inline Batch part_of(const Forest& forest, int64_t begin, int64_t end,
                     at::Device device = at::kCPU) {
  std::vector<Piece> pieces;
  for (size_t i = 0; i < forest.segments.size(); ++i) {
    const Segment& segment = forest.segments[i];
    const int64_t from = std::clamp<int64_t>(begin - segment.begin, 0, segment.length);
    const int64_t to = std::clamp<int64_t>(end - segment.begin, 0, segment.length);
    if (from < to) pieces.push_back({int64_t(i), from, to - from});
  }
  return make_batch({forest.ids.begin() + begin, forest.ids.begin() + end}, forest.segments,
                    std::move(pieces), device);
}

/// All that comes before the leaves, and the leaves alone, as when every row decodes a token.
inline std::pair<Batch, Batch> without_leaves_and_leaves(const Forest& forest,
                                                         at::Device device = at::kCPU) {
  std::vector<char> is_leaf(size_t(forest.tokens()), 1);
  for (const int64_t parent : forest.parent) {
    if (parent >= 0) is_leaf[size_t(parent)] = 0;
  }
  std::vector<int64_t> ids[2];
  for (size_t slot = 0; slot < is_leaf.size(); ++slot) {
    ids[size_t(is_leaf[slot])].push_back(forest.ids[slot]);
  }
  std::vector<Piece> pieces[2];
  for (size_t i = 0; i < forest.segments.size(); ++i) {
    const Segment& segment = forest.segments[i];
    const int64_t last = is_leaf[size_t(segment.begin + segment.length - 1)];
    const int64_t before = segment.length - last;
    if (before > 0) pieces[0].push_back({int64_t(i), 0, before});
    if (last) pieces[1].push_back({int64_t(i), before, 1});
  }
  return {make_batch(ids[0], forest.segments, pieces[0], device),
          make_batch(ids[1], forest.segments, pieces[1], device)};
}

}  // namespace tuneval::test
