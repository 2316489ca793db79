#include "framework/summary/verdict/make_verdict.h"

#include "framework/summary/comparison.h"
#include "framework/summary/verdict/against_teacher.h"
#include "framework/summary/verdict/cell_intervals.h"
#include "framework/summary/verdict/model_pairs.h"
#include "framework/summary/verdict/over_tasks.h"
#include "framework/summary/verdict/test_power.h"
#include "framework/summary/verdict/tunability_ranks.h"
#include "framework/summary/verdict/tuning_effect.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <utility>

namespace tuneval {
namespace {

using Role = RowColumn::Role;

/// FNV-1a, 64 bits: each task draws by itself, whatever other tasks there are.
uint64_t seed_of(const std::string& task, uint64_t seed) {
  uint64_t hash = 0xcbf29ce484222325ULL ^ seed;
  for (const char c : task) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

class VerdictMaker {
 public:
  VerdictMaker(const Summary& summary, const Selection& selection, const SummaryOptions& options,
               std::span<const TaskSets> sets)
      : summary_(summary), selection_(selection), options_(options), sets_(sets) {
    verdict_.options = options.verdict;
  }

  Verdict make() {
    for (size_t i = 0; i < summary_.tasks.size(); ++i) add_task(summary_.tasks[i], sets_[i]);
    tell_effects();
    for (const Ranked ranked : {Ranked::tuned, Ranked::base, Ranked::delta}) {
      auto over = over_tasks(summary_, ranked, main_sets_, options_.verdict);
      if (over) verdict_.over_tasks.push_back(std::move(*over));
    }
    verdict_.tunability = tunability_ranks(summary_, options_.verdict);
    return std::move(verdict_);
  }

 private:
  void add_task(const TaskSummary& task, const TaskSets& sets) {
    VerdictOptions options = options_.verdict;
    options.seed = seed_of(task.name, options.seed);
    std::vector<const DrawnSet*> drawn;
    for (const RowSet& set : sets.sets) {
      drawn.push_back(&drawn_.emplace_back(set, options));
    }
    main_sets_.push_back(drawn.empty() ? nullptr : drawn.front());
    for (size_t model = 0; model < task.cells.size(); ++model) {
      add_cell(task, model, drawn, options);
    }
    if (!drawn.empty()) add_pairs(task, *drawn.front(), options);
  }

  void add_cell(const TaskSummary& task, size_t model, const std::vector<const DrawnSet*>& drawn,
                const VerdictOptions& options) {
    CellVerdict cell;
    cell.model = task.cells[model].model;
    cell.task = task.name;
    cell.tunability = tunability_of(task, task.cells[model]);
    const double margin = margin_on(task.name, selection_, options_);
    for (const DrawnSet* set : drawn) {
      const auto base = set->rows->find(Role::base, model);
      const auto tuned = set->rows->find(Role::tuned, model);
      if (base) cell.base = cell_interval(*set, *base, task, options);
      if (tuned) cell.tuned = cell_interval(*set, *tuned, task, options);
      if (!tuned) continue;
      cell.effect = tuning_effect(*set, model, options);
      cell.format = format_part(*set->rows, model, task.higher_is_better);
      cell.teacher = against_teacher(*set, model, task.higher_is_better, margin, options);
    }
    const bool says = cell.base || cell.tuned || cell.tunability;
    if (says) verdict_.cells.push_back(std::move(cell));
  }

  void add_pairs(const TaskSummary& task, const DrawnSet& set, const VerdictOptions& options) {
    TaskVerdict found;
    found.task = task.name;
    found.metric = task.metric;
    found.resamples = set.draws.resamples();
    found.noise_floor = noise_floor_of(summary_.variants, task.name, Ranked::tuned);
    for (const Ranked ranked : {Ranked::tuned, Ranked::base, Ranked::delta}) {
      const auto floor = noise_floor_of(summary_.variants, task.name, ranked);
      auto pairs = model_pairs(task, set, ranked, floor, options);
      if (pairs) found.pairs.push_back(std::move(*pairs));
    }
    found.power = test_power(task, *set.rows, found.pairs, options);
    verdict_.tasks.push_back(std::move(found));
  }

  /// Error control over the whole matrix of models and tasks.
  void tell_effects() {
    std::vector<PairedResult*> results;
    for (CellVerdict& cell : verdict_.cells) {
      if (cell.effect) results.push_back(&*cell.effect);
    }
    adjust(results, options_.verdict.multiple);
    for (CellVerdict& cell : verdict_.cells) {
      if (!cell.effect) continue;
      const auto task = std::ranges::find(summary_.tasks, cell.task, &TaskSummary::name);
      // Of the two scores only the tuned one has a seed's noise.
      std::optional<double> floor = noise_floor_of(summary_.variants, cell.task, Ranked::tuned);
      if (floor) *floor /= std::sqrt(2.0);
      cell.effect->told =
          told_of(*cell.effect, task->higher_is_better, options_.verdict.alpha, floor);
    }
  }

  const Summary& summary_;
  const Selection& selection_;
  const SummaryOptions& options_;
  std::span<const TaskSets> sets_;
  std::deque<DrawnSet> drawn_;              ///< which stay where they are
  std::vector<const DrawnSet*> main_sets_;  ///< by task; null without rows
  Verdict verdict_;
};

}  // namespace

Verdict make_verdict(const Summary& summary, const Selection& selection,
                     const SummaryOptions& options, std::span<const TaskSets> sets) {
  return VerdictMaker(summary, selection, options, sets).make();
}

}  // namespace tuneval
