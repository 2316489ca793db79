#include "framework/statistics/rank_bootstrap.h"

#include "framework/statistics/sample.h"

#include <algorithm>
#include <numeric>

namespace tuneval {
namespace {

class RankBootstrap {
 public:
  RankBootstrap(std::span<const RowsOfTask> tasks, size_t models, const RankRules& rules)
      : models_(models), rules_(rules) {
    std::vector<TaskScores> scores;
    for (const RowsOfTask& task : tasks) {
      const Resampler rows(task.rows, task.groups);
      scores.push_back(scores_on(task, rows.all()));
    }
    real_ = rank_table(scores, rules);
    for (const size_t task : real_.tasks) {
      tasks_.push_back(&tasks[task]);
      rows_.emplace_back(tasks[task].rows, tasks[task].groups);
    }
  }

  bool can_draw(Resampled resampled) const {
    const auto several = [](const Resampler& rows) { return rows.units() > 1; };
    if (resampled == Resampled::examples) return std::ranges::any_of(rows_, several);
    return tasks_.size() > 1;
  }

  std::vector<std::optional<double>> draw(Draws& draws, Resampled resampled) {
    std::vector<size_t> places(tasks_.size());
    std::iota(places.begin(), places.end(), size_t{0});
    if (resampled != Resampled::examples) {
      for (size_t& place : places) place = draws.below(tasks_.size());
    }
    RankTable table;
    for (const size_t place : places) {
      table.ranks.push_back(resampled == Resampled::tasks ? real_.ranks[place]
                                                          : ranks_anew(place, draws));
    }
    return mean_ranks(table);
  }

 private:
  TaskScores scores_on(const RowsOfTask& task, std::span<const size_t> rows) const {
    TaskScores scores{{}, task.higher_is_better};
    for (size_t model = 0; model < models_; ++model)
      scores.scores.push_back(task.score(model, rows));
    return scores;
  }

  std::vector<std::optional<double>> ranks_anew(size_t place, Draws& draws) {
    rows_[place].draw(draws, drawn_);
    const TaskScores scores = scores_on(*tasks_[place], drawn_);
    // A table of this task alone would take models without it for absent, so it is ranked as
    // published, and those of `worst_rank` keep the last rank that they have in the real table.
    std::vector<std::optional<double>> ranks =
        rank_table(std::span(&scores, 1), {rules_.ties, MissingRule::as_published}).ranks[0];
    for (size_t model = 0; model < models_; ++model) {
      if (!ranks[model]) ranks[model] = real_.ranks[place][model];
    }
    return ranks;
  }

  size_t models_;
  RankRules rules_;
  RankTable real_;
  std::vector<const RowsOfTask*> tasks_;  ///< those that count
  std::vector<Resampler> rows_;
  std::vector<size_t> drawn_;
};

}  // namespace

std::vector<std::optional<Interval>> bootstrap_mean_ranks(std::span<const RowsOfTask> tasks,
                                                          size_t models, Resampled resampled,
                                                          const RankRules& rules,
                                                          const BootstrapOptions& options) {
  require_share(options.level, "the level of an interval");
  std::vector<std::optional<Interval>> intervals(models);
  RankBootstrap bootstrap(tasks, models, rules);
  if (!bootstrap.can_draw(resampled)) return intervals;
  Draws draws(options.seed);
  std::vector<std::vector<double>> means(models);
  for (int64_t i = 0; i < options.resamples; ++i) {
    const std::vector<std::optional<double>> drawn = bootstrap.draw(draws, resampled);
    for (size_t model = 0; model < models; ++model) {
      if (drawn[model]) means[model].push_back(*drawn[model]);
    }
  }
  for (size_t model = 0; model < models; ++model) {
    if (!means[model].empty()) {
      intervals[model] = percentile_interval(std::move(means[model]), options.level);
    }
  }
  return intervals;
}

}  // namespace tuneval
