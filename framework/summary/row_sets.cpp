#include "framework/summary/row_sets.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <tuple>
#include <utility>

namespace tuneval {
namespace {

using Role = RowColumn::Role;

/// One scoring with the value that its record gives it.
struct Source {
  const ExampleRows* rows = nullptr;
  double value = 0.0;
};

/// How the rows of a scoring give its value.
enum class Explained { by_scores, by_jackknife, not_at_all };

Explained explained(const Source& source) {
  double sum = 0.0;
  int64_t count = 0;
  bool has_jackknife = true;
  for (size_t i = 0; i < source.rows->values.size(); ++i) {
    const std::optional<double>& value = source.rows->values[i].value;
    if (!value) continue;
    sum += *value;
    ++count;
    has_jackknife = has_jackknife && source.rows->jackknife[i].has_value();
  }
  if (count == 0) return Explained::not_at_all;
  const double mean = sum / static_cast<double>(count);
  const bool is_mean = std::abs(mean - source.value) <= 1e-9 * std::max(1.0, std::abs(mean));
  if (is_mean && std::isfinite(mean)) return Explained::by_scores;
  return has_jackknife ? Explained::by_jackknife : Explained::not_at_all;
}

/// The mean over the sources, row by row; a row is scored where each of them scored it.
void fill_values(RowColumn& column, const std::vector<Source>& sources,
                 const std::vector<Explained>& how) {
  const size_t rows = sources[0].rows->values.size();
  column.values.assign(rows, 0.0);
  column.scored.assign(rows, 1);
  for (size_t source = 0; source < sources.size(); ++source) {
    const bool jackknife = how[source] == Explained::by_jackknife;
    for (size_t i = 0; i < rows; ++i) {
      const ExampleRows& from = *sources[source].rows;
      const std::optional<double>& value = from.values[i].value;
      if (!value) column.scored[i] = 0;
      column.values[i] += jackknife ? from.jackknife[i].value_or(0.0) : value.value_or(0.0);
    }
    column.is_jackknife = column.is_jackknife || jackknife;
    column.sources.push_back(sources[source].rows);
  }
  for (size_t i = 0; i < rows; ++i) {
    double& value = column.values[i];
    value = column.scored[i] ? value / static_cast<double>(sources.size()) : 0.0;
    column.count += column.scored[i];
  }
}

bool are_all_right_or_wrong(const RowColumn& column) {
  for (size_t i = 0; i < column.values.size(); ++i) {
    if (column.scored[i] && column.values[i] != 0.0 && column.values[i] != 1.0) return false;
  }
  return true;
}

/// None where the sources are of different examples, do not explain their values, or have no scored
/// row in common.
std::optional<RowColumn> column_of(Role role, size_t model, double reported,
                                   const std::vector<Source>& sources) {
  std::vector<Explained> how;
  for (const Source& source : sources) {
    how.push_back(explained(source));
    if (how.back() == Explained::not_at_all) return std::nullopt;
    if (!are_same_examples(source.rows->values, sources[0].rows->values)) return std::nullopt;
  }
  RowColumn column;
  column.role = role;
  column.model = model;
  column.reported = reported;
  fill_values(column, sources, how);
  if (column.count == 0) return std::nullopt;
  double sum = 0.0;
  for (const double value : column.values) sum += value;
  const double shift = reported - sum / static_cast<double>(column.count);
  column.shift = std::abs(shift) <= 1e-12 * std::max(1.0, std::abs(reported)) ? 0.0 : shift;
  column.is_proportion = !column.is_jackknife && are_all_right_or_wrong(column);
  return column;
}

const std::vector<ExampleValue>& examples_of(const RowSet& set) {
  return set.columns[0].sources[0]->values;
}

/// Collects the columns of one task.
class Collector {
 public:
  Collector(const TaskSummary& task, const VariantSummary& variants, TaskRows& rows)
      : task_(task), variants_(variants), rows_(rows) {}

  TaskSets collect(std::vector<std::string>& notes) {
    for (size_t model = 0; model < task_.cells.size(); ++model) add_cell(model);
    for (const BaselineSummary& one : task_.baselines) {
      if (one.kind != CellKind::teacher || !one.score) continue;
      add(Role::teacher, 0, one.name, one.score->value, {{one.id, one.score->value}}, Stage::base);
    }
    sort_sets();
    for (RowSet& set : sets_.sets) finish(set);
    add_notes(notes);
    return std::move(sets_);
  }

 private:
  using Scoring = std::pair<std::string, double>;  ///< a record's id, and the value it gives

  void add_cell(size_t model) {
    const CellSummary& cell = task_.cells[model];
    const auto title = [&](Stage stage) {
      return fmt::format("{} ({})", cell.model, to_string(stage));
    };
    if (cell.base) {
      const double value = cell.base->value;
      add(Role::base, model, title(Stage::base), value, {{cell.id, value}}, Stage::base);
    }
    if (cell.tuned) {
      add(Role::tuned, model, title(Stage::tuned), cell.tuned->value, tuned_scorings(cell),
          Stage::tuned);
    }
  }

  /// Of several seeds each that has a score; their mean is the cell's.
  std::vector<Scoring> tuned_scorings(const CellSummary& cell) const {
    std::vector<Scoring> scorings;
    for (const SeedSummary& seeds : variants_.seeds) {
      if (seeds.model != cell.model || seeds.task != cell.task) continue;
      for (const SeedRun& run : seeds.runs) {
        if (run.tuned) scorings.emplace_back(run.id, *run.tuned);
      }
    }
    if (scorings.empty()) scorings.emplace_back(cell.id, cell.tuned->value);
    return scorings;
  }

  void add(Role role, size_t model, const std::string& title, double reported,
           const std::vector<Scoring>& scorings, Stage stage) {
    std::vector<Source> sources;
    for (const auto& [id, value] : scorings) {
      const ExampleRows* rows = rows_.find(id, stage);
      if (!rows) return;
      sources.push_back({rows, value});
    }
    std::optional<RowColumn> column = column_of(role, model, reported, sources);
    if (!column) {
      unexplained_.push_back(title);
      return;
    }
    const auto same = std::ranges::find_if(sets_.sets, [&](const RowSet& set) {
      return are_same_examples(examples_of(set), sources[0].rows->values);
    });
    RowSet& set = same == sets_.sets.end() ? sets_.sets.emplace_back() : *same;
    set.columns.push_back(std::move(*column));
  }

  /// The most columns first; of as many, the set whose first example comes first, then the larger.
  void sort_sets() {
    std::ranges::stable_sort(sets_.sets, [](const RowSet& one, const RowSet& other) {
      const auto key = [](const RowSet& set) {
        const auto& examples = examples_of(set);
        return std::tuple(-std::ssize(set.columns), examples.empty() ? "" : examples[0].where,
                          -std::ssize(examples));
      };
      return key(one) < key(other);
    });
  }

  static void finish(RowSet& set) {
    const size_t rows = examples_of(set).size();
    set.units = Resampler(rows);
    set.groups.assign(rows, "");
    set.complete = true;
    for (const RowColumn& column : set.columns) {
      set.complete = set.complete && column.count == int64_t(rows);
      // Predictions of another version may not name their groups.
      const Resampler units(rows, column.sources[0]->groups);
      if (units.units() >= set.units.units()) continue;
      set.units = units;
      set.groups = column.sources[0]->groups;
      set.grouped = true;
    }
  }

  void add_notes(std::vector<std::string>& notes) const {
    if (!unexplained_.empty()) {
      notes.push_back(fmt::format(
          "On {}, these scores are no mean of what their predictions hold, so they have no "
          "interval and stand in no test: {}. tuneval rescore adds what each example does to such "
          "a "
          "score, of up to 4,000 examples.",
          task_.name, fmt::join(unexplained_, ", ")));
    }
    std::vector<std::string> apart;
    for (size_t i = 1; i < sets_.sets.size(); ++i) {
      for (const RowColumn& column : sets_.sets[i].columns) {
        if (column.role == Role::teacher) continue;  // the comparison says so
        apart.push_back(fmt::format("{} ({})", task_.cells[column.model].model,
                                    column.role == Role::base ? "base" : "tuned"));
      }
    }
    if (apart.empty()) return;
    notes.push_back(fmt::format(
        "On {}, these were scored on other test examples than most, and stand in no test with "
        "them: {}.",
        task_.name, fmt::join(apart, ", ")));
  }

  const TaskSummary& task_;
  const VariantSummary& variants_;
  TaskRows& rows_;
  TaskSets sets_;
  std::vector<std::string> unexplained_;
};

}  // namespace

std::optional<size_t> RowSet::find(RowColumn::Role role, size_t model) const {
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].role == role && columns[i].model == model) return i;
  }
  return std::nullopt;
}

TaskSets row_sets(const TaskSummary& task, const VariantSummary& variants, TaskRows& rows,
                  std::vector<std::string>& notes) {
  return Collector(task, variants, rows).collect(notes);
}

}  // namespace tuneval
