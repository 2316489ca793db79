#include "framework/report/variant_sections.h"

#include "framework/report/cells.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace tuneval {
namespace {

const TaskSummary* find_task(const Summary& summary, const std::string& name) {
  const auto found = std::ranges::find(summary.tasks, name, &TaskSummary::name);
  return found == summary.tasks.end() ? nullptr : &*found;
}

/// Why a run has no score: what failed, or that it has not been.
std::string without_score(std::string_view what, const std::string& model, const std::string& task,
                          const std::optional<CellError>& error) {
  return fmt::format("{} on {}, {}: {}", model, task, what,
                     error ? fmt::format("{}: {}", error->kind, error->message) : "left to run");
}

std::vector<TableCell> seed_row(const SeedSummary& seeds) {
  std::optional<double> mean, deviation, by_seed, by_rows, best;
  if (seeds.spread) {
    mean = seeds.spread->mean;
    deviation = seeds.spread->deviation;
    best = seeds.worst == seeds.spread->least ? seeds.spread->most : seeds.spread->least;
  }
  if (seeds.variance) {
    by_seed = std::sqrt(seeds.variance->seed);
    by_rows = std::sqrt(seeds.variance->rows / seeds.variance->mean_rows);
  }
  const auto scored =
      std::ranges::count_if(seeds.runs, [](const SeedRun& run) { return run.tuned.has_value(); });
  return {{seeds.task},
          {seeds.model},
          {fmt::format("{} of {}", scored, seeds.runs.size())},
          number_cell(mean),
          number_cell(deviation),
          number_cell(seeds.worst),
          number_cell(best),
          number_cell(by_seed),
          number_cell(by_rows)};
}

Section seed_section(const VariantSummary& variants) {
  Section section;
  section.heading = "Other seeds";
  section.paragraphs = {
      "The tuned score of each seed; everywhere else a cell's tuned score is their mean, and its "
      "examples are the first seed's. s is the standard deviation between seeds. By seed and by "
      "rows: how far one seed's score strays through the seed itself, and through the draw of the "
      "test rows, as standard deviations; needs predictions of a metric that is a mean."};
  section.table.columns = {{"task", false}, {"model", false}, {"seeds"},   {"mean"},   {"s"},
                           {"worst"},       {"best"},         {"by seed"}, {"by rows"}};
  for (const SeedSummary& seeds : variants.seeds) {
    section.table.rows.push_back(seed_row(seeds));
    for (const SeedRun& run : seeds.runs) {
      if (run.tuned) continue;
      section.items.push_back(
          without_score(fmt::format("seed {}", run.seed), seeds.model, seeds.task, run.error));
    }
  }
  for (const TaskNoise& noise : variants.noise) {
    section.items.push_back(
        fmt::format("{}: scores that differ by less than {:.3f} (means of {} {}) may differ by the "
                    "seed alone.",
                    noise.task, noise.floor, noise.seeds, noise.seeds == 1 ? "seed" : "seeds"));
  }
  return section;
}

TableCell rate_cell(const RateRun* run) {
  return run ? TableCell{fmt::format("{:g}", run->learning_rate)} : nothing();
}

std::vector<TableCell> band_row(const BandSummary& band, const TaskSummary* task) {
  const RateRun *own = band.own(), *chosen = band.chosen();
  const auto figure = [](const RateRun* run, std::optional<double> RateRun::*member) {
    return run ? run->*member : std::nullopt;
  };
  const auto tuned = [&](const RateRun* run) { return figure(run, &RateRun::tuned); };
  std::optional<double> gained;
  if (tuned(own) && tuned(chosen)) gained = *tuned(chosen) - *tuned(own);
  std::vector<std::string> rates;
  for (const RateRun& run : band.runs) rates.push_back(fmt::format("{:g}", run.learning_rate));
  return {{band.task},
          {band.model},
          {fmt::format("{}", fmt::join(rates, " "))},
          rate_cell(own),
          rate_cell(chosen),
          number_cell(figure(own, &RateRun::validation_loss)),
          number_cell(figure(chosen, &RateRun::validation_loss)),
          number_cell(tuned(own)),
          number_cell(tuned(chosen)),
          delta_cell(gained, !task || task->higher_is_better)};
}

Section band_section(const Summary& summary) {
  Section section;
  section.heading = "Other learning rates";
  section.paragraphs = {
      "Each model and task with the recipe's own learning rate and with a band of others, all by "
      "the first seed. The rate is chosen by the loss on the rows held out of training; the test "
      "rows had no say, and the tuned scores are shown for what the choice was worth."};
  section.table.columns = {
      {"task", false},       {"model", false}, {"rates", false}, {"own"},    {"chosen"},
      {"held-out loss own"}, {"chosen"},       {"tuned own"},    {"chosen"}, {"gain"}};
  for (const BandSummary& band : summary.variants.bands) {
    section.table.rows.push_back(band_row(band, find_task(summary, band.task)));
    for (const RateRun& run : band.runs) {
      if (run.tuned) continue;
      section.items.push_back(without_score(fmt::format("learning rate {:g}", run.learning_rate),
                                            band.model, band.task, run.error));
    }
  }
  return section;
}

Section band_ranking_section(const VariantSummary& variants) {
  Section section;
  section.heading = "Ranking under one learning rate and under chosen ones";
  section.paragraphs = {
      "Mean rank after tuning by the first seed, on the tasks where a model has both: with the "
      "recipe's own rate for all, and with each model's and task's rate chosen on held-out "
      "training rows. A model that moves up was held back by the one rate."};
  section.table.columns = {{"model", false}, {"# chosen"},      {"mean rank chosen"},
                           {"# own"},        {"mean rank own"}, {"n"}};
  for (const BandRank& rank : variants.band_ranking) {
    section.table.rows.push_back({{rank.model},
                                  {fmt::format("{}", rank.chosen_position)},
                                  {fmt::format("{:.2f}", rank.chosen)},
                                  {fmt::format("{}", rank.own_position)},
                                  {fmt::format("{:.2f}", rank.own)},
                                  {fmt::format("{}", rank.tasks)}});
  }
  return section;
}

/// "0.412 / 0.398 / 0.910": the epoch's loss, that on the rows held out, and their score.
TableCell epoch_cell(const TuneEpoch& epoch) {
  const auto text = [](const std::optional<double>& value) {
    return value ? fmt::format("{:.3f}", *value) : "–";
  };
  std::string line = fmt::format("{:.3f} / {}", epoch.loss, text(epoch.validation_loss));
  if (epoch.score) line += " / " + text(epoch.score);
  return {line};
}

}  // namespace

std::vector<Section> variant_sections(const Summary& summary) {
  const VariantSummary& variants = summary.variants;
  std::vector<Section> sections;
  if (!variants.seeds.empty()) sections.push_back(seed_section(variants));
  if (!variants.bands.empty()) sections.push_back(band_section(summary));
  if (!variants.band_ranking.empty()) sections.push_back(band_ranking_section(variants));
  return sections;
}

std::vector<Section> curve_sections(const Summary& summary) {
  std::vector<Section> sections;
  for (const TaskSummary& task : summary.tasks) {
    Section section;
    section.heading =
        fmt::format("{}: by epoch, training loss / held-out loss / held-out score", task.name);
    size_t epochs = 0;
    for (const CurveSummary& curve : summary.variants.curves) {
      if (curve.task == task.name) epochs = std::max(epochs, curve.epochs.size());
    }
    if (epochs == 0) continue;
    section.table.columns = {{"model", false}};
    for (size_t i = 1; i <= epochs; ++i) {
      section.table.columns.push_back({fmt::format("epoch {}", i)});
    }
    for (const CurveSummary& curve : summary.variants.curves) {
      if (curve.task != task.name) continue;
      std::vector<TableCell> row = {{curve.model}};
      for (const TuneEpoch& epoch : curve.epochs) row.push_back(epoch_cell(epoch));
      row.resize(epochs + 1, nothing());
      section.table.rows.push_back(std::move(row));
    }
    sections.push_back(std::move(section));
  }
  return sections;
}

}  // namespace tuneval
