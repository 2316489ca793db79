#include "framework/summary/recommendations.h"

#include "framework/summary/summary.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <utility>

namespace tuneval {
namespace {

using Models = std::vector<std::string>;

bool contains(const Models& models, const std::string& model) {
  return std::ranges::find(models, model) != models.end();
}

/// "A", "A and B", "A, B and C".
std::string listed(const Models& models) {
  if (models.size() < 2) return models.empty() ? "none" : models[0];
  const auto last = models.end() - 1;
  return fmt::format("{} and {}", fmt::join(models.begin(), last, ", "), *last);
}

/// A ranking with what its test says.
class Tested {
 public:
  Tested(const Summary& summary, std::span<const RankingGroups> groups, const std::string& name)
      : summary_(summary) {
    const auto ranking = std::ranges::find(summary.rankings, name, &Ranking::name);
    if (ranking != summary.rankings.end()) ranking_ = &*ranking;
    const auto tested = std::ranges::find(groups, name, &RankingGroups::ranking);
    if (tested != groups.end()) groups_ = &*tested;
  }

  /// The ranked models that `take` wants, the best first.
  Models ranked(const std::function<bool(const std::string&)>& take) const {
    Models models;
    for (const RankingRow& row : ranking_ ? ranking_->rows : std::vector<RankingRow>()) {
      if (take(row.model)) models.push_back(row.model);
    }
    return models;
  }

  /// Of these models, the best first, those that are not told to be worse than the best one.
  Models best_of(Models models) const {
    if (models.empty()) return models;
    const std::string best = models[0];
    std::erase_if(models, [&](const std::string& model) { return is_told_better(best, model); });
    return models;
  }

  /// "A (mean rank 1.20, 0.81 to 1.59, n = 5 tasks)"; of one task alone with its score.
  std::string figures(const std::string& model) const {
    const auto row = std::ranges::find(ranking_->rows, model, &RankingRow::model);
    if (row == ranking_->rows.end()) return model;
    const MeanInterval& rank = row->rank;
    const std::string score = summary_.tasks.size() == 1 ? score_on_the_task(model) : "";
    if (!score.empty()) return fmt::format("{} ({})", model, score);
    // Of like ranks on a few tasks it has no width, which says little and looks like much.
    const bool has_width = rank.interval && rank.interval->low < rank.interval->high;
    const std::string interval =
        has_width ? fmt::format(", {:.2f} to {:.2f}", rank.interval->low, rank.interval->high) : "";
    return fmt::format("{} (mean rank {:.2f}{}, n = {} {})", model, rank.mean, interval, rank.n,
                       rank.n == 1 ? "task" : "tasks");
  }

  /// Which test, and whether it tells the best one of `all` from the others; `alike` are those that
  /// it does not.
  std::string sentence(const Models& all, const Models& alike) const {
    if (all.size() == 1) return fmt::format("{} is the only one.", figures(all[0]));
    if (!groups_) {
      return fmt::format(
          "Cannot tell: {} comes first, but no test was possible (a test needs predictions, or two "
          "tasks that the models share).",
          figures(all[0]));
    }
    if (alike.size() == 1) {
      return fmt::format("{} comes first, before {}; {} tells it from all others.", figures(all[0]),
                         figures(all[1]), groups_->test);
    }
    if (const Models ahead = ahead_of(alike[0], alike); !ahead.empty()) {
      return fmt::format(
          "Cannot tell between {}: {} comes first by mean rank, but {} finds {} better.",
          listed(alike), figures(all[0]), groups_->test, listed(ahead));
    }
    return fmt::format("Cannot tell between {}: {} comes first, but {} does not tell them apart.",
                       listed(alike), figures(all[0]), groups_->test);
  }

  /// Why just these models are asked for the smallest or the fastest, which is `chosen`.
  std::string why_alike(const Models& all, const Models& alike, const std::string& chosen) const {
    if (alike.size() == 1 || !ahead_of(alike[0], alike).empty()) return sentence(all, alike);
    const std::string others = chosen == alike[0] ? "" : ", " + figures(chosen);
    return fmt::format("After tuning {} does not tell {} apart: {}{}.", groups_->test,
                       listed(alike), figures(alike[0]), others);
  }

  bool was_tested() const { return groups_ != nullptr; }

 private:
  /// Whether the test tells the two apart, and the first is the better one by it.
  bool is_told_better(const std::string& one, const std::string& other) const {
    if (one == other || !groups_) return false;
    const Models& tested = groups_->models;
    const auto first = std::ranges::find(tested, one), second = std::ranges::find(tested, other);
    if (first == tested.end() || second == tested.end() || first > second) return false;
    return std::ranges::none_of(groups_->groups, [&](const Models& group) {
      return contains(group, one) && contains(group, other);
    });
  }

  /// Those of the models that the test tells to be better than this one.
  Models ahead_of(const std::string& model, Models models) const {
    std::erase_if(models, [&](const std::string& other) { return !is_told_better(other, model); });
    return models;
  }

  /// "accuracy 0.910, 0.860 to 0.950, on 152 examples".
  std::string score_on_the_task(const std::string& model) const {
    const TaskSummary& task = summary_.tasks[0];
    const auto cell = std::ranges::find(task.cells, model, &CellSummary::model);
    if (cell == task.cells.end()) return "";
    const bool base = ranking_->name == "base", gain = ranking_->name == "delta";
    const std::optional<StageScore>& score = base ? cell->base : cell->tuned;
    const std::optional<double> value =
        gain ? cell->delta : (score ? std::optional(score->value) : std::nullopt);
    if (!value || !score) return "";
    return fmt::format("{} {:.3f}{}, on {} examples",
                       gain ? "delta of " + task.metric : task.metric, *value,
                       interval_of(model, task, base, gain), score->scored);
  }

  std::string interval_of(const std::string& model, const TaskSummary& task, bool base,
                          bool gain) const {
    const CellVerdict* verdict = summary_.verdict.cell(model, task.name);
    std::optional<Interval> interval;
    if (verdict && gain && verdict->effect) interval = verdict->effect->interval;
    const std::optional<RowInterval> rows =
        !verdict || gain ? std::nullopt : (base ? verdict->base : verdict->tuned);
    if (rows) interval = rows->interval;
    return interval ? fmt::format(", {:.3f} to {:.3f}", interval->low, interval->high) : "";
  }

  const Summary& summary_;
  const Ranking* ranking_ = nullptr;
  const RankingGroups* groups_ = nullptr;
};

class Recommender {
 public:
  Recommender(const Summary& summary, const CostSummary& costs,
              std::span<const RankingGroups> groups)
      : costs_(costs),
        tuned_(summary, groups, "tuned"),
        base_(summary, groups, "base"),
        delta_(summary, groups, "delta") {}

  Recommendation best(Wish wish) const {
    const Tested& tested = wish == Wish::most_gained    ? delta_
                           : wish == Wish::best_untuned ? base_
                                                        : tuned_;
    return of(wish, tested, tested.ranked([](const std::string&) { return true; }));
  }

  Recommendation under(int64_t limit) const {
    const Models small = tuned_.ranked([&](const std::string& model) {
      const ModelCost* cost = cost_of(model);
      return cost && cost->parameters > 0 && cost->parameters <= limit;
    });
    Recommendation made = of(Wish::under_parameters, tuned_, small);
    made.parameters = limit;
    if (small.empty()) {
      made.evidence =
          fmt::format("No model of at most {} parameters has a tuned score.", size_text(limit));
    }
    return made;
  }

  Recommendation fastest() const {
    const auto speed = [](const ModelCost& cost) { return cost.examples_per_second; };
    return among_best(Wish::fastest, speed, [](const ModelCost& cost) {
      return fmt::format("{} answers {:.1f} test examples a second", cost.model,
                         *cost.examples_per_second);
    });
  }

  Recommendation smallest() const {
    const auto smallness = [](const ModelCost& cost) -> std::optional<double> {
      return cost.parameters > 0 ? std::optional(-double(cost.parameters)) : std::nullopt;
    };
    return among_best(Wish::smallest_in_noise, smallness, [](const ModelCost& cost) {
      return fmt::format("{} has {} parameters", cost.model, size_text(cost.parameters));
    });
  }

 private:
  Recommendation of(Wish wish, const Tested& tested, const Models& models) const {
    Recommendation made;
    made.wish = wish;
    made.models = tested.best_of(models);
    made.evidence =
        models.empty() ? "No model has such a score." : tested.sentence(models, made.models);
    return made;
  }

  /// Of the models that are not told from the best tuned one, that of the highest figure.
  template <class Figure, class Words>
  Recommendation among_best(Wish wish, const Figure& figure, const Words& words) const {
    Recommendation made;
    made.wish = wish;
    const Models all = tuned_.ranked([](const std::string&) { return true; });
    if (all.size() > 1 && !tuned_.was_tested()) {
      made.evidence =
          "Cannot tell: no test says which models are as good as the best one after tuning.";
      return made;
    }
    const Models alike = tuned_.best_of(all);
    std::vector<const ModelCost*> costs;
    for (const std::string& model : alike) {
      const ModelCost* cost = cost_of(model);
      if (cost && figure(*cost)) costs.push_back(cost);
    }
    if (costs.empty()) {
      made.evidence = "No such figure is known of a model that is as good as the best one.";
      return made;
    }
    std::ranges::stable_sort(costs, std::greater(),
                             [&](const auto* cost) { return *figure(*cost); });
    for (const ModelCost* cost : costs) {
      if (*figure(*cost) == *figure(*costs[0])) made.models.push_back(cost->model);
    }
    made.evidence = words(*costs[0]);
    if (costs.size() > 1) made.evidence += fmt::format(", {}", words(*costs[1]));
    made.evidence += ". " + tuned_.why_alike(all, alike, made.models[0]);
    return made;
  }

  const ModelCost* cost_of(const std::string& model) const {
    const auto found = std::ranges::find(costs_.models, model, &ModelCost::model);
    return found == costs_.models.end() ? nullptr : &*found;
  }

  const CostSummary& costs_;
  Tested tuned_, base_, delta_;
};

}  // namespace

std::string_view to_string(Wish wish) {
  switch (wish) {
    case Wish::most_accurate: return "most_accurate";
    case Wish::under_parameters: return "under_parameters";
    case Wish::most_gained: return "most_gained";
    case Wish::best_untuned: return "best_untuned";
    case Wish::fastest: return "fastest";
    case Wish::smallest_in_noise: return "smallest_in_noise";
  }
  return "";
}

std::string size_text(int64_t parameters) {
  if (parameters >= 1'000'000'000) return fmt::format("{:.1f}B", double(parameters) / 1e9);
  if (parameters >= 1'000'000) return fmt::format("{:.1f}M", double(parameters) / 1e6);
  return fmt::format("{}", parameters);
}

std::vector<Recommendation> recommend(const Summary& summary, const CostSummary& costs,
                                      std::span<const RankingGroups> groups,
                                      std::span<const int64_t> max_parameters) {
  const bool any = std::ranges::any_of(
      summary.rankings, [](const Ranking& ranking) { return !ranking.rows.empty(); });
  if (!any) return {};
  const Recommender recommender(summary, costs, groups);
  std::vector<Recommendation> all = {recommender.best(Wish::most_accurate)};
  for (const int64_t limit : max_parameters) all.push_back(recommender.under(limit));
  all.push_back(recommender.best(Wish::most_gained));
  all.push_back(recommender.best(Wish::best_untuned));
  all.push_back(recommender.fastest());
  all.push_back(recommender.smallest());
  return all;
}

}  // namespace tuneval
