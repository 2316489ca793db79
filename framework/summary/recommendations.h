#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

struct Summary;
struct CostSummary;

/// Which models of a ranking a test tells apart.
struct RankingGroups {
  std::string ranking;  ///< "tuned", "base" or "delta"
  std::string test;     ///< "Nemenyi's test over 5 tasks (critical difference 2.34)"
  /// That were tested, the best by what was tested first; another one is told from none. That may
  /// be another order than the ranking's: a mean score may lie higher where a mean rank does not.
  std::vector<std::string> models;
  /// Models that cannot be told apart, best first; groups may overlap. One that was tested and is
  /// in none is told from all others that were.
  std::vector<std::vector<std::string>> groups;
};

/// What a recommendation is asked for.
enum class Wish {
  most_accurate,      ///< the best after tuning
  under_parameters,   ///< the best after tuning among those of so many parameters at most
  most_gained,        ///< by what tuning adds
  best_untuned,       ///< the best before tuning
  fastest,            ///< the fastest that is not told from the best
  smallest_in_noise,  ///< the smallest that is not told from the best
};
std::string_view to_string(Wish wish);  ///< "most_accurate", …

/// A model's size in a few characters: "135.0M", "1.2B".
std::string size_text(int64_t parameters);

struct Recommendation {
  Wish wish = Wish::most_accurate;
  std::optional<int64_t> parameters;  ///< of under_parameters: the limit
  /// One, or where the evidence does not tell them apart several, best first; none where no model
  /// answers the wish.
  std::vector<std::string> models;
  /// A sentence or two: figures, intervals, the test, n; "cannot tell between A and B".
  std::string evidence;

  bool can_tell() const { return models.size() == 1; }
};

/// The groups that the summary's verdict found over the tasks that models share: on these test rows
/// (paired bootstrap), else by Nemenyi's test; on one task alone by its rows.
std::vector<RankingGroups> tested_groups(const Summary& summary);

/// What to recommend, a wish after the other. `groups` are those of the rankings; a ranking without
/// any was not tested, and nothing is then called better than another. `max_parameters`: a
/// recommendation for each.
std::vector<Recommendation> recommend(const Summary& summary, const CostSummary& costs,
                                      std::span<const RankingGroups> groups,
                                      std::span<const int64_t> max_parameters = {});

}  // namespace tuneval
