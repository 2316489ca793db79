/// Prints the tables of coverage in docs/statistics.md, as Markdown:
///
///     ninja statistics_coverage && build/tests/unit/statistics_coverage
///
/// Proportions exactly, the rest by simulation: `kTrials` data sets each, 1,000 resamples where
/// there is a bootstrap. Seeds are fixed, so it prints the same everywhere. Some minutes.

#include "tests/unit/statistics/coverage.h"

#include "framework/statistics/equivalence.h"
#include "framework/statistics/intervals.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

namespace tuneval {
namespace {

using test::draw_groups;
using test::draw_normals;
using test::draw_pairs;
using test::exact_coverage;
using test::simulated_coverage;

constexpr int64_t kTrials = 4000;
constexpr uint64_t kSeed = 123;

std::string percent(double share) { return fmt::format("{:.1f}", 100.0 * share); }

void print_row(const std::vector<std::string>& cells) {
  fmt::print("| {} |\n", fmt::join(cells, " | "));
}

void print_head(const std::vector<std::string>& cells) {
  print_row(cells);
  print_row(std::vector<std::string>(cells.size(), "---"));
}

/// x̄ ± 1.96 s/√n of k ones among n scores.
std::optional<Interval> normal_of_scores(int64_t k, int64_t n) {
  std::vector<double> scores(static_cast<size_t>(n), 0.0);
  std::fill_n(scores.begin(), k, 1.0);
  return normal_mean_interval(scores);
}

void print_proportions() {
  print_head({"n", "share", "normal", "Wilson", "Jeffreys", "Clopper–Pearson"});
  for (const int64_t n : {20, 50, 152, 500}) {
    for (const double share : {0.5, 0.8, 0.95, 0.99}) {
      const auto of = [&](const test::ProportionInterval& interval) {
        return percent(exact_coverage(n, share, interval));
      };
      print_row({fmt::format("{}", n), fmt::format("{}", share), of(normal_of_scores),
                 of([](int64_t k, int64_t rows) { return wilson_interval(k, rows); }),
                 of([](int64_t k, int64_t rows) { return jeffreys_interval(k, rows); }),
                 of([](int64_t k, int64_t rows) { return clopper_pearson_interval(k, rows); })});
    }
  }
}

BootstrapOptions bootstrap_by(BootstrapMethod method, Draws& draws) {
  BootstrapOptions options;
  options.method = method;
  options.resamples = 1000;
  options.seed = draws.bits();
  return options;
}

using Values = std::vector<double>;

void print_means_of(const std::string& name, size_t n, double truth,
                    const std::function<Values(Draws&)>& sample) {
  const auto of = [&](const auto& interval) {
    return percent(simulated_coverage(
        kTrials, kSeed, truth, [&](Draws& draws) { return interval(sample(draws), draws); }));
  };
  const auto bootstrap = [&](BootstrapMethod method) {
    return of([method](const Values& values, Draws& draws) {
      return bootstrap_mean_interval(values, {}, bootstrap_by(method, draws));
    });
  };
  print_row({name, fmt::format("{}", n),
             of([](const Values& values, Draws&) { return normal_mean_interval(values); }),
             of([](const Values& values, Draws&) { return student_mean_interval(values); }),
             bootstrap(BootstrapMethod::percentile), bootstrap(BootstrapMethod::bca)});
}

void print_means() {
  print_head({"values", "n", "normal", "Student", "percentile", "BCa"});
  for (const size_t n : {7u, 9u, 30u, 150u}) {
    print_means_of("normal", n, 0.0, [n](Draws& draws) { return draw_normals(draws, n); });
    print_means_of("ranks 1 to 15, all alike", n, 8.0, [n](Draws& draws) {
      Values ranks(n);
      for (double& rank : ranks) rank = 1.0 + static_cast<double>(draws.below(15));
      return ranks;
    });
    print_means_of("1 in 9 of 10, else 0", n, 0.9, [n](Draws& draws) {
      Values scores(n);
      for (double& score : scores) score = draws.below(10) < 9 ? 1.0 : 0.0;
      return scores;
    });
  }
}

void print_groups_of(size_t count, size_t size, double low) {
  const auto of = [&](const auto& interval) {
    return percent(simulated_coverage(kTrials, kSeed, (1.0 + low) / 2.0, [&](Draws& draws) {
      const test::GroupedScores drawn = draw_groups(draws, count, size, low);
      return interval(drawn.scores, drawn.groups, draws);
    }));
  };
  const auto bootstrap = [&](BootstrapMethod method, bool grouped) {
    return of([=](const Values& scores, const std::vector<std::string>& groups, Draws& draws) {
      return bootstrap_mean_interval(scores, grouped ? groups : std::vector<std::string>(),
                                     bootstrap_by(method, draws));
    });
  };
  using Names = std::vector<std::string>;
  print_row({fmt::format("{} × {}", count, size), fmt::format("{} or 1", low),
             of([](const Values& scores, const Names&, Draws&) {
               return wilson_interval(std::ranges::count(scores, 1.0),
                                      static_cast<int64_t>(scores.size()));
             }),
             bootstrap(BootstrapMethod::percentile, false),
             of([](const Values& scores, const Names& groups, Draws&) {
               return clustered_wilson_interval(scores, groups);
             }),
             bootstrap(BootstrapMethod::percentile, true), bootstrap(BootstrapMethod::bca, true)});
}

void print_groups() {
  print_head({"groups × rows", "chance in a group", "Wilson, rows", "percentile, rows",
              "Wilson, groups", "percentile, groups", "BCa, groups"});
  for (const size_t count : {10u, 34u, 100u}) {
    for (const double low : {0.8, 0.5}) print_groups_of(count, 5, low);
  }
}

void print_pairs() {
  print_head({"n", "only first", "only second", "Tango", "percentile", "BCa"});
  for (const size_t n : {50u, 152u, 500u}) {
    for (const auto& [first, second] : {std::pair(0.02, 0.01), std::pair(0.10, 0.05)}) {
      const auto of = [&, only_first = first, only_second = second](const auto& interval) {
        return percent(
            simulated_coverage(kTrials, kSeed, only_first - only_second, [&](Draws& draws) {
              return interval(draw_pairs(draws, n, only_first, only_second), draws);
            }));
      };
      const auto bootstrap = [&](BootstrapMethod method) {
        return of([method](const auto& scores, Draws& draws) -> std::optional<Interval> {
          return paired_bootstrap(scores[0], scores[1], {}, bootstrap_by(method, draws))->interval;
        });
      };
      print_row({fmt::format("{}", n), fmt::format("{}", first), fmt::format("{}", second),
                 of([](const auto& scores, Draws&) {
                   return tango_interval(count_pairs(scores[0], scores[1]));
                 }),
                 bootstrap(BootstrapMethod::percentile), bootstrap(BootstrapMethod::bca)});
    }
  }
}

}  // namespace
}  // namespace tuneval

int main() {
  fmt::print("Of a proportion, exactly:\n\n");
  tuneval::print_proportions();
  fmt::print("\nOf a mean of n values:\n\n");
  tuneval::print_means();
  fmt::print(
      "\nOf a mean of rows in groups, each group's chance to be right drawn for itself:\n\n");
  tuneval::print_groups();
  fmt::print("\nOf the difference of two models on the same n rows:\n\n");
  tuneval::print_pairs();
  return 0;
}
