#pragma once

#include "tests/support/toy_models.h"

#include <string>
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
  return cases;
}

}  // namespace tuneval::test
