/// The benchmark's own figures, from ../shared/reference/published.json: every printed mean rank
/// and interval comes out of our formula to its two decimals.

#include "framework/statistics/mean_rank.h"
#include "framework/summary/summary.h"
#include "tests/unit/summary/records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bitset>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Ranks = std::vector<int64_t>;

constexpr int64_t kModels = 15;  // the worst rank
constexpr int64_t kMostTasks = 9;
const char* const kAnalyses[] = {"finetuned", "base", "tunability"};

/// A number as the benchmark prints it.
std::string printed(double number) { return fmt::format("{:.2f}", number); }

/// Which sums of squares a multiset of `count` ranks of `sum` can have, and one such multiset.
class Multisets {
 public:
  Multisets() {
    reached_[0][0].set(0);
    for (int64_t count = 0; count < kMostTasks; ++count) {
      for (int64_t sum = 0; sum + kModels <= kMostSum; ++sum) {
        for (int64_t rank = 1; rank <= kModels; ++rank) {
          reached_[count + 1][sum + rank] |= reached_[count][sum] << (rank * rank);
        }
      }
    }
  }

  /// Ranks that print as these two under `method`; none when no ranks do.
  std::optional<Ranks> that_print(int64_t count, const std::string& mean,
                                  const std::string& half_width, IntervalMethod method) const {
    for (int64_t sum = count; sum <= count * kModels; ++sum) {
      if (printed(static_cast<double>(sum) / static_cast<double>(count)) != mean) continue;
      for (int64_t squares = 0; squares < kMostSquares; ++squares) {
        if (!reached_[count][sum][squares]) continue;
        const Ranks ranks = one_of(count, sum, squares);
        const MeanInterval interval = mean_interval(ranks, method).value();
        if (printed(interval.half_width.value()) == half_width) return ranks;
      }
    }
    return std::nullopt;
  }

  Ranks one_of(int64_t count, int64_t sum, int64_t squares) const {
    Ranks ranks;
    while (count > 0) {
      int64_t rank = 1;
      while (!holds(count - 1, sum - rank, squares - rank * rank)) ++rank;
      ranks.push_back(rank);
      --count, sum -= rank, squares -= rank * rank;
    }
    return ranks;
  }

 private:
  static constexpr int64_t kMostSum = kMostTasks * kModels;
  static constexpr int64_t kMostSquares = kMostSum * kModels + 1;

  bool holds(int64_t count, int64_t sum, int64_t squares) const {
    return sum >= 0 && squares >= 0 && reached_[count][sum][squares];
  }

  std::bitset<kMostSquares> reached_[kMostTasks + 1][kMostSum + 1];
};

class Published : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const char* given = std::getenv("TUNEVAL_SHARED_DATA");
    const fs::path data = given ? given : TUNEVAL_SHARED_DATA_DIR;
    std::ifstream file(data / "../reference/published.json");
    if (file) figures_ = std::make_unique<Json>(Json::parse(file));
    multisets_ = std::make_unique<Multisets>();
  }
  static void TearDownTestSuite() {
    figures_.reset();
    multisets_.reset();
  }
  void SetUp() override {
    if (figures_) return;
    if (std::getenv("CI")) FAIL() << "the published figures are not there";
    GTEST_SKIP() << "the published figures are not there";
  }

  static const Json& table(const std::string& analysis) {
    return (*figures_)["post15"]["analyses"][analysis]["table"];
  }

  static inline std::unique_ptr<Json> figures_;
  static inline std::unique_ptr<Multisets> multisets_;
};

/// A model's rank on a task, turned into a score that must give back that rank.
std::vector<CellRecord> records_of(const Json& rank_table) {
  std::vector<CellRecord> records;
  for (const auto& row : rank_table.items()) {
    for (size_t task = 0; task < row.value().size(); ++task) {
      const double score = 1.0 - row.value()[task].get<double>() / 100.0;
      records.push_back(record_of(row.key(), fmt::format("task {}", task), std::nullopt, score));
    }
  }
  return records;
}

TEST_F(Published, TheRankTableGivesEveryPrintedPair) {
  const Json& ranks = (*figures_)["derived_findings"]["fixture_rank_tables"]["tables"]["finetuned"];
  ASSERT_EQ(ranks.size(), 15u);
  SummaryOptions options;  // as a manifest names them
  options.interval = interval_method("published");
  options.rules = {tie_rule("min"), missing_rule("published")};
  const Summary summary = summarise(records_of(ranks), options);
  for (size_t task = 0; task < summary.tasks.size(); ++task) {
    for (const CellSummary& cell : summary.tasks[task].cells) {
      const Json& row = ranks[cell.model];
      const bool has_task = task < row.size();
      EXPECT_EQ(cell.tuned_rank, has_task ? std::optional(row[task].get<int64_t>()) : std::nullopt);
    }
  }
  std::map<std::string, const MeanInterval*> of;
  for (const RankingRow& row : summary.rankings[0].rows) of[row.model] = &row.rank;
  for (const Json& row : table("finetuned")) {
    const MeanInterval& rank = *of.at(row["model"]);
    EXPECT_EQ(printed(rank.mean), printed(row["avg_rank"])) << row["model"];
    EXPECT_EQ(printed(rank.half_width.value()), printed(row["ci95_half_width"])) << row["model"];
    EXPECT_EQ(rank.n, row["derived"]["n_tasks"]) << row["model"];
  }
  ASSERT_EQ(summary.rankings[0].rows.size(), table("finetuned").size());
  for (size_t i = 0; i < table("finetuned").size(); ++i) {
    EXPECT_EQ(summary.rankings[0].rows[i].model, table("finetuned")[i]["model"]);
  }
}

TEST_F(Published, OtherRulesForMissingTasksCountOtherTasks) {
  const Json& ranks = (*figures_)["derived_findings"]["fixture_rank_tables"]["tables"]["finetuned"];
  SummaryOptions options;
  const auto counts_of = [&](const char* rule) {
    options.rules.missing = missing_rule(rule);
    std::map<int64_t, int64_t> models;
    for (const RankingRow& row : summarise(records_of(ranks), options).rankings[0].rows) {
      ++models[row.rank.n];
    }
    return models;
  };
  using Counts = std::map<int64_t, int64_t>;
  EXPECT_EQ(counts_of("published"), (Counts{{7, 4}, {9, 11}}));
  EXPECT_EQ(counts_of("common"), (Counts{{7, 15}}));
  EXPECT_EQ(counts_of("worst"), (Counts{{9, 15}}));
}

TEST_F(Published, EveryPrintedPairHasRanksThatPrintIt) {
  int64_t pairs = 0;
  for (const char* analysis : kAnalyses) {
    for (const Json& row : table(analysis)) {
      const auto ranks =
          multisets_->that_print(row["derived"]["n_tasks"], printed(row["avg_rank"]),
                                 printed(row["ci95_half_width"]), IntervalMethod::published);
      EXPECT_TRUE(ranks.has_value()) << analysis << ": " << row.dump();
      ++pairs;
    }
  }
  EXPECT_EQ(pairs, 45);
}

TEST_F(Published, TheDerivedSumsGiveBothIntervals) {
  for (const char* analysis : kAnalyses) {
    for (const Json& row : table(analysis)) {
      const Json& derived = row["derived"];
      const Ranks ranks = multisets_->one_of(derived["n_tasks"], derived["rank_sum"],
                                             derived["rank_sum_of_squares"]);
      const MeanInterval normal = mean_interval(ranks, IntervalMethod::published).value();
      const MeanInterval student = mean_interval(ranks, IntervalMethod::student_t).value();
      EXPECT_EQ(printed(normal.mean), printed(row["avg_rank"]));
      EXPECT_EQ(printed(normal.half_width.value()), printed(row["ci95_half_width"]));
      EXPECT_NEAR(normal.half_width.value(), derived["ci_recomputed_1p96"], 5.1e-5);
      EXPECT_NEAR(student.half_width.value(), derived["ci_if_student_t"], 5.1e-5);
      EXPECT_NE(printed(student.half_width.value()), printed(row["ci95_half_width"]));
    }
  }
}

TEST_F(Published, StudentsIntervalHasRanksForFewPairs) {
  const int64_t at_most = (*figures_)["derived_findings"]["ci_formula"]
                                     ["alternatives_reproduced_of_58"]["Student t, divisor n-1"];
  int64_t pairs = 0;
  for (const char* analysis : kAnalyses) {
    for (const Json& row : table(analysis)) {
      const auto ranks =
          multisets_->that_print(row["derived"]["n_tasks"], printed(row["avg_rank"]),
                                 printed(row["ci95_half_width"]), IntervalMethod::student_t);
      if (ranks) ++pairs;
    }
  }
  EXPECT_LE(pairs, at_most) << "of these 45 and 13 of an older benchmark";
  EXPECT_FALSE(multisets_->that_print(9, "2.33", "0.57", IntervalMethod::student_t))
      << "Qwen3-8B, tuned";
}

}  // namespace
}  // namespace tuneval
