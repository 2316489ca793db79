#include "framework/summary/bands.h"

#include "framework/summary/variant_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace tuneval {
namespace {

RateRun rate_run(const CellRecord& record, const std::string& metric, bool own) {
  RateRun run;
  run.learning_rate = rate_of(record);
  run.id = record.id;
  run.own = own;
  if (record.tune && record.done()) run.validation_loss = record.tune->validation_loss;
  run.tuned = tuned_of(record, metric);
  run.error = record.error;
  return run;
}

/// The least loss on the rows held out; of equal ones the recipe's own, then the lower rate.
void choose_rate(std::vector<RateRun>& runs) {
  RateRun* best = nullptr;
  for (RateRun& run : runs) {
    if (!run.validation_loss || !std::isfinite(*run.validation_loss)) continue;
    const bool less = !best || *run.validation_loss < *best->validation_loss;
    const bool same = best && *run.validation_loss == *best->validation_loss;
    if (less || (same && run.own)) best = &run;
  }
  if (best) best->chosen = true;
}

}  // namespace

std::optional<BandSummary> band_of(const Selection& selection, const TaskSummary& task,
                                   const std::string& model) {
  const Selection::Name name{CellKind::model, model, task.name};
  const CellRecords& records = records_of(selection.bands, name);
  const std::vector<PlannedCell> left = missing_cells(selection, name, true, records);
  if (records.empty() && left.empty()) return std::nullopt;
  BandSummary band{model, task.name, {}};
  const uint64_t seed = records.empty() ? left[0].seed : records[0]->seed;
  for (const CellRecord* record : records) {
    band.runs.push_back(rate_run(*record, task.metric, /*own=*/false));
  }
  // Losses compare on the rows that one seed held out.
  for (const CellRecord* record : records_of(selection.seeds, name)) {
    if (record->seed == seed) band.runs.push_back(rate_run(*record, task.metric, /*own=*/true));
  }
  for (const PlannedCell& cell : left) {
    RateRun run;
    run.learning_rate = *cell.learning_rate;
    band.runs.push_back(run);
  }
  std::ranges::stable_sort(band.runs, {}, &RateRun::learning_rate);
  choose_rate(band.runs);
  return band;
}

std::vector<BandRank> rank_bands(const Summary& summary, std::span<const BandSummary> bands,
                                 const RankRules& rules) {
  std::vector<TaskScores> own, chosen;
  for (const TaskSummary& task : summary.tasks) {
    TaskScores by_own{std::vector<std::optional<double>>(summary.models.size()),
                      task.higher_is_better};
    TaskScores by_chosen = by_own;
    for (const BandSummary& band : bands) {
      const RateRun *mine = band.own(), *best = band.chosen();
      if (band.task != task.name || !mine || !best || !mine->tuned || !best->tuned) continue;
      const auto model = size_t(std::ranges::find(summary.models, band.model, &ModelSummary::name) -
                                summary.models.begin());
      if (model == summary.models.size()) continue;
      by_own.scores[model] = mine->tuned;
      by_chosen.scores[model] = best->tuned;
    }
    const auto has = [](const std::optional<double>& score) { return score.has_value(); };
    if (std::ranges::none_of(by_own.scores, has)) continue;
    own.push_back(std::move(by_own));
    chosen.push_back(std::move(by_chosen));
  }
  const RankTable own_table = rank_table(own, rules);
  const auto own_means = mean_ranks(own_table);
  const auto chosen_means = mean_ranks(rank_table(chosen, rules));
  std::vector<BandRank> ranking;
  for (size_t i = 0; i < own_means.size(); ++i) {
    if (!own_means[i] || !chosen_means[i]) continue;
    const auto tasks = std::ranges::count_if(
        own_table.ranks, [&](const auto& ranks) { return ranks[i].has_value(); });
    ranking.push_back({summary.models[i].name, *own_means[i], *chosen_means[i], 1, 1, tasks});
  }
  const auto place = [&](double BandRank::*mean, int64_t BandRank::*position) {
    std::vector<double> means;
    for (const BandRank& rank : ranking) means.push_back(rank.*mean);
    const std::vector<int64_t> positions = ranks_min(means, /*higher_is_better=*/false);
    for (size_t i = 0; i < ranking.size(); ++i) ranking[i].*position = positions[i];
  };
  place(&BandRank::own, &BandRank::own_position);
  place(&BandRank::chosen, &BandRank::chosen_position);
  std::ranges::stable_sort(ranking, {}, &BandRank::chosen_position);
  return ranking;
}

void note_band(const BandSummary& band, std::vector<std::string>& notes) {
  const auto lacks = [](const RateRun& run) { return !run.validation_loss; };
  const auto count = std::ranges::count_if(band.runs, lacks);
  if (count == 0) return;
  notes.push_back(
      fmt::format("{} on {}: {} of {} learning rates failed or are left to run; the choice is "
                  "among the others.",
                  band.model, band.task, count, band.runs.size()));
}

const RateRun* BandSummary::own() const {
  const auto found = std::ranges::find(runs, true, &RateRun::own);
  return found == runs.end() ? nullptr : &*found;
}

const RateRun* BandSummary::chosen() const {
  const auto found = std::ranges::find(runs, true, &RateRun::chosen);
  return found == runs.end() ? nullptr : &*found;
}

}  // namespace tuneval
