#include "framework/statistics/rank_bootstrap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace tuneval {
namespace {

using testing::Each;
using testing::Eq;
using testing::IsEmpty;

/// A task on which each model has a score a row; a model without rows lacks the task.
RowsOfTask task_of(std::vector<std::vector<double>> scores, std::vector<std::string> groups = {}) {
  RowsOfTask task;
  for (const std::vector<double>& rows : scores) task.rows = std::max(task.rows, rows.size());
  task.groups = std::move(groups);
  task.score = [scores = std::move(scores)](size_t model,
                                            std::span<const size_t> rows) -> std::optional<double> {
    if (scores[model].empty()) return std::nullopt;
    return mean_over(scores[model])(rows);
  };
  return task;
}

/// A task on which model i is right on the first `wins[i]` of every ten rows.
RowsOfTask task_with(std::vector<size_t> wins, size_t rows = 40) {
  std::vector<std::vector<double>> scores;
  for (const size_t right : wins) {
    std::vector<double>& one = scores.emplace_back();
    for (size_t row = 0; row < rows; ++row) one.push_back(row % 10 < right ? 1.0 : 0.0);
  }
  return task_of(std::move(scores));
}

TEST(RankBootstrap, OverTasksIsTheBootstrapOfAModelsRanks) {
  const std::vector<RowsOfTask> tasks = {task_with({9, 5, 1}), task_with({5, 9, 1}),
                                         task_with({1, 5, 9}), task_with({9, 1, 5})};
  const auto intervals = bootstrap_mean_ranks(tasks, 3, Resampled::tasks);
  EXPECT_EQ(intervals.at(0), bootstrap_mean_interval(std::vector<double>{1, 2, 3, 1}));
  EXPECT_EQ(intervals.at(1), bootstrap_mean_interval(std::vector<double>{2, 1, 2, 3}));
  EXPECT_EQ(intervals.at(2), bootstrap_mean_interval(std::vector<double>{3, 3, 1, 2}));
}

TEST(RankBootstrap, ModelsThatDifferOnEveryRowKeepTheirRanks) {
  const std::vector<std::vector<double>> apart = {
      std::vector<double>(20, 1.0), std::vector<double>(20, 0.5), std::vector<double>(20, 0.0)};
  const std::vector<RowsOfTask> tasks = {task_of(apart), task_of(apart)};
  for (const Resampled resampled : {Resampled::tasks, Resampled::examples, Resampled::both}) {
    const auto intervals = bootstrap_mean_ranks(tasks, 3, resampled, {}, {.resamples = 200});
    EXPECT_EQ(intervals.at(0), (Interval{1.0, 1.0}));
    EXPECT_EQ(intervals.at(2), (Interval{3.0, 3.0}));
  }
}

TEST(RankBootstrap, FewRowsLeaveCloseModelsOpen) {
  const auto width = [](size_t rows) {
    const std::vector<RowsOfTask> tasks = {task_with({9, 8, 1}, rows)};
    const Interval interval =
        bootstrap_mean_ranks(tasks, 3, Resampled::examples, {}, {.resamples = 1000}).at(1).value();
    return interval.high - interval.low;
  };
  // In 10 rows, the one row that tells the two apart is missing from a third of the draws: a tie.
  EXPECT_EQ(width(10), 1.0);
  EXPECT_EQ(width(400), 0.0);
}

TEST(RankBootstrap, GroupsOfRowsAreDrawnTogether) {
  // Two groups: one says that model 0 is better, the other that model 1 is.
  std::vector<double> first(20, 0.0), second(20, 1.0);
  std::vector<std::string> groups(20, "b");
  for (size_t row = 0; row < 10; ++row) {
    first[row] = 1.0, second[row] = 0.0;
    groups[row] = "a";
  }
  first[10] = 1.0;  // a tie would otherwise be as likely
  const std::vector<RowsOfTask> whole = {task_of({first, second}, groups)};
  const auto intervals = bootstrap_mean_ranks(whole, 2, Resampled::examples);
  EXPECT_EQ(intervals.at(0), (Interval{1.0, 2.0}));
  EXPECT_EQ(intervals.at(1), (Interval{1.0, 2.0}));
}

TEST(RankBootstrap, MissingTasksFollowTheRule) {
  const std::vector<double> high(10, 1.0), low(10, 0.0);
  const std::vector<RowsOfTask> tasks = {task_of({high, low, {}}), task_of({high, low, {}}),
                                         task_of({high, low, low})};
  const auto of = [&](MissingRule missing, Resampled resampled) {
    return bootstrap_mean_ranks(tasks, 3, resampled, {TieRule::min, missing}, {.resamples = 300});
  };
  EXPECT_EQ(of(MissingRule::as_published, Resampled::both).at(2), (Interval{2.0, 2.0}));
  EXPECT_EQ(of(MissingRule::worst_rank, Resampled::examples).at(2), (Interval{8.0 / 3, 8.0 / 3}));
  EXPECT_EQ(of(MissingRule::common_tasks, Resampled::examples).at(2), (Interval{2.0, 2.0}));
  EXPECT_THAT(of(MissingRule::common_tasks, Resampled::tasks), Each(Eq(std::nullopt)))
      << "one task is left";
}

TEST(RankBootstrap, NothingToDrawGivesNothing) {
  EXPECT_THAT(bootstrap_mean_ranks({}, 0, Resampled::both), IsEmpty());
  EXPECT_THAT(bootstrap_mean_ranks({}, 2, Resampled::examples), Each(Eq(std::nullopt)));
  const std::vector<RowsOfTask> one_row = {task_of({{1.0}, {0.0}})};
  EXPECT_THAT(bootstrap_mean_ranks(one_row, 2, Resampled::examples), Each(Eq(std::nullopt)));
  const std::vector<RowsOfTask> absent = {task_with({5, 6}), task_with({6, 5})};
  const std::vector<RowsOfTask> lacking = {task_of({{1.0, 0.0}, {}}), task_of({{1.0, 1.0}, {}})};
  EXPECT_FALSE(bootstrap_mean_ranks(lacking, 2, Resampled::tasks).at(1));
  EXPECT_TRUE(bootstrap_mean_ranks(absent, 2, Resampled::tasks).at(1));
}

}  // namespace
}  // namespace tuneval
