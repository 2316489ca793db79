#include "framework/report/ranking_sections.h"

#include "framework/report/cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tuneval {
namespace {

/// The question that a ranking answers.
std::string question(const std::string& ranking) {
  if (ranking == "tuned") return "after tuning";
  if (ranking == "base") return "before tuning";
  return "by what tuning adds";
}

const OverTasks* over_of(const Summary& summary, const std::string& ranking) {
  for (const OverTasks& over : summary.verdict.over_tasks) {
    if (to_string(over.ranked) == ranking) return &over;
  }
  return nullptr;
}

/// "p = 0.031", "p < 0.001".
std::string p_equation(double p) { return (p < 0.001 ? "p " : "p = ") + p_text(p); }

void add_letters(const OverTasks& over, Section& section) {
  section.paragraphs.push_back(ranks_sentence(over));
  section.paragraphs.emplace_back(
      over.row_groups.empty()
          ? "Models that share a letter cannot be told apart by their ranks. By rows they were not "
            "tested: that needs the predictions of every model on every task, on the same rows, "
            "and "
            "metrics that have a worst and a best value."
          : "Models that share a letter cannot be told apart: by their ranks, which other tasks "
            "might change, or by rows, which other test rows of these tasks might.");
  section.table.columns.push_back({"by ranks", false});
  if (!over.row_groups.empty()) section.table.columns.push_back({"by rows", false});
  for (auto& row : section.table.rows) {
    row.push_back({letters_of(row[1].text, over.nemenyi_groups)});
    if (!over.row_groups.empty()) row.push_back({letters_of(row[1].text, over.row_groups)});
  }
}

Section ranking_section(const Summary& summary, const Ranking& ranking) {
  const std::string level = level_text(summary.verdict.options.level);
  Section section;
  section.heading = fmt::format("Ranking {} ({})", question(ranking.name), ranking.name);
  section.paragraphs = {
      fmt::format("Mean rank over tasks with its {} interval; lower is better.", level)};
  section.table.columns = {{"#"}, {"model", false}, {"mean rank"}, {level}, {"n"}};
  for (const RankingRow& row : ranking.rows) {
    section.table.rows.push_back({{fmt::format("{}", row.position)},
                                  {row.model},
                                  {fmt::format("{:.2f}", row.rank.mean)},
                                  mean_interval_cell(row.rank),
                                  {fmt::format("{}", row.rank.n)}});
  }
  if (const OverTasks* over = over_of(summary, ranking.name)) {
    add_letters(*over, section);
  } else if (ranking.rows.size() > 1 && summary.tasks.size() > 1) {
    section.paragraphs.emplace_back(
        "No test over tasks: there are not two tasks that all of these models have.");
  }
  return section;
}

/// The shares of what there was to gain, model by model; none where nothing was gained at all.
std::optional<Section> tunability_section(const Summary& summary) {
  if (summary.verdict.tunability.empty()) return std::nullopt;
  Section section;
  section.heading = "Tunability";
  std::string gap;
  for (const TunabilityRanking& one : summary.verdict.tunability) {
    if (one.ranking.name != "gap") continue;
    gap =
        "; of the gap, (tuned − base) / (teacher − base), on tasks where the teacher is better "
        "than "
        "the base model";
  }
  section.paragraphs = {
      fmt::format("What tuning took of what there was to take, and the mean rank by it: of the "
                  "headroom, (tuned "
                  "− base) / (best possible − base){}. Shares are means over n tasks.",
                  gap)};
  section.table.columns = {{"model", false}};
  for (const TunabilityRanking& one : summary.verdict.tunability) {
    section.table.columns.push_back({one.ranking.name + " share"});
    section.table.columns.push_back({"mean rank"});
    section.table.columns.push_back({"n"});
  }
  for (const ModelSummary& model : summary.models) {
    std::vector<TableCell> row = {{model.name}};
    bool has_any = false;
    for (const TunabilityRanking& one : summary.verdict.tunability) {
      const auto found = std::ranges::find(one.ranking.rows, model.name, &RankingRow::model);
      const bool has = found != one.ranking.rows.end();
      has_any = has_any || has;
      const auto place = static_cast<size_t>(found - one.ranking.rows.begin());
      row.push_back(number_cell(has ? std::optional(one.mean_shares[place]) : std::nullopt));
      row.push_back(has ? TableCell{fmt::format("{:.2f}", found->rank.mean)} : number_cell({}));
      row.push_back(count_cell(has ? std::optional(found->rank.n) : std::nullopt));
    }
    if (has_any) section.table.rows.push_back(std::move(row));
  }
  return section;
}

std::string ties_sentence(const RankRules& rules) {
  const std::string missing = rules.missing == MissingRule::as_published
                                  ? "the models that have it are ranked"
                              : rules.missing == MissingRule::common_tasks
                                  ? "which all models have, they are ranked"
                                  : "models are ranked, those without a score last,";
  const std::string ties = rules.ties == TieRule::min ? "share the lower rank number"
                                                      : "share the mean of their rank numbers";
  return fmt::format("On each task {} by unrounded scores; exactly equal scores {}.", missing,
                     ties);
}

std::string interval_sentence(const Summary& summary) {
  const std::string start =
      fmt::format("n is the number of tasks in a model's mean. Interval method {}: ",
                  to_string(summary.interval));
  const double level = summary.verdict.options.level;
  switch (summary.interval) {
    case IntervalMethod::published:
    case IntervalMethod::student_t: {
      const double tail = 0.5 + level / 2.0;
      const std::string factor = summary.interval == IntervalMethod::student_t
                                     ? fmt::format("t({:.4g}, n−1)", tail)
                                 : level == 0.95 ? "1.96"
                                                 : fmt::format("z({:.4g})", tail);
      return start + fmt::format(
                         "half-width {}·s/√n, s the standard deviation (n−1) of the model's "
                         "ranks; none where n is 1.",
                         factor);
    }
    case IntervalMethod::bootstrap_tasks:
      return start + "quantiles of the mean rank over tasks drawn again.";
    case IntervalMethod::bootstrap_examples:
      return start + "quantiles of the mean rank over test rows drawn again, task by task.";
    case IntervalMethod::bootstrap_both:
      return start + "quantiles of the mean rank over tasks and their test rows drawn again.";
  }
  return start;
}

std::string test_sentence(const Verdict& verdict) {
  const VerdictOptions& options = verdict.options;
  const std::string adjusted = options.multiple == Adjustment::none
                                   ? "not adjusted for their number"
                                   : fmt::format("adjusted by {}", to_string(options.multiple));
  return fmt::format(
      "Tests are on the same test rows: McNemar's exact one for right and wrong answers, sign "
      "flips "
      "for other scores and for rows of one conversation or passage; p is {}: tuning over all "
      "cells, "
      "models over all pairs of a task. \"Told\" is p below {} and, where models were tuned with "
      "several seeds, a difference above their noise floor. Intervals of differences are of the "
      "paired bootstrap ({} draws at most).",
      adjusted, options.alpha, options.resamples);
}

}  // namespace

std::string ranks_sentence(const OverTasks& over) {
  std::string text = fmt::format(
      "Friedman's test over the {} tasks that all {} models have: χ² = {:.2f}, {}; F = {:.2f}, "
      "{}. Nemenyi's critical difference is {:.2f} ranks: mean ranks closer than that cannot "
      "be told apart.",
      over.tasks.size(), over.models.size(), over.friedman.chi_square, p_equation(over.friedman.p),
      over.friedman.f, p_equation(over.friedman.f_p), over.critical_difference);
  if (over.critical_difference >= static_cast<double>(over.models.size() - 1)) {
    text += " No two mean ranks of so many models can be further apart, so it tells nothing.";
  }
  return text + fmt::format(" Wilcoxon–Holm's adjusted p cannot be less than {} here{}.",
                            p_text(over.least_wilcoxon),
                            over.wilcoxon_groups.size() > 1 ? "" : ", and tells no models apart");
}

std::vector<Section> ranking_sections(const Summary& summary) {
  std::vector<Section> sections;
  for (const Ranking& ranking : summary.rankings) {
    if (!ranking.rows.empty()) sections.push_back(ranking_section(summary, ranking));
  }
  if (auto section = tunability_section(summary)) sections.push_back(std::move(*section));
  return sections;
}

Section method_section(const Summary& summary) {
  Section section;
  section.heading = "How to read this";
  section.items = {ties_sentence(summary.rules), "delta is tuned − base, in the metric's own unit.",
                   interval_sentence(summary)};
  if (summary.interval != IntervalMethod::bootstrap_examples &&
      summary.interval != IntervalMethod::bootstrap_both) {
    section.items.emplace_back(
        "The interval is over tasks alone: it allows neither for the size of a test set nor for "
        "the seed of a run.");
  }
  if (!summary.verdict.tasks.empty()) section.items.push_back(test_sentence(summary.verdict));
  return section;
}

}  // namespace tuneval
