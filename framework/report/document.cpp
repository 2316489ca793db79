#include "framework/report/document.h"

#include "framework/report/cells.h"
#include "framework/report/comparison_sections.h"
#include "framework/report/cost_sections.h"
#include "framework/report/detail_sections.h"
#include "framework/report/ranking_sections.h"
#include "framework/report/variant_sections.h"
#include "framework/report/verdict_sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace tuneval {
namespace {

/// How many test examples the score stands on: "100", or "99 of 100".
TableCell scored_cell(const std::optional<StageScore>& score) {
  if (!score) return nothing();
  if (score->unscored == 0) return {fmt::format("{}", score->scored)};
  return {fmt::format("{} of {}", score->scored, score->scored + score->unscored), Tone::bad};
}

TableCell state_cell(CellState state) {
  switch (state) {
    case CellState::done: return {"done"};
    case CellState::failed: return {"failed", Tone::bad};
    case CellState::left: return {"left", Tone::faint};
    case CellState::not_planned: return {"not planned", Tone::faint};
  }
  return {};
}

bool is_beside(const BaselineSummary& baseline) { return baseline.kind != CellKind::seed_only; }

/// A delta that its rows cannot tell from noise stands in brackets.
TableCell told_delta(const CellSummary& cell, const TaskSummary& task, const Verdict& verdict) {
  TableCell text = delta_cell(cell.delta, task.higher_is_better);
  const CellVerdict* said = verdict.cell(cell.model, task.name);
  if (!said || !said->effect || said->effect->told != Told::noise) return text;
  return {fmt::format("({})", text.text), Tone::faint};
}

std::vector<TableCell> row_of(const CellSummary& cell, const TaskSummary& task,
                              const Verdict& verdict) {
  return {{cell.model},
          score_cell(cell.base),
          score_cell(cell.tuned),
          told_delta(cell, task, verdict),
          rank_cell(cell.base_rank),
          rank_cell(cell.tuned_rank),
          rank_cell(cell.delta_rank),
          scored_cell(cell.tuned ? cell.tuned : cell.base),
          state_cell(cell.state)};
}

/// What stands beside the models has one score, and no rank.
std::vector<TableCell> row_of(const BaselineSummary& baseline) {
  return {{title_of(baseline)},      score_cell(baseline.score),  score_cell(std::nullopt),
          number_cell(std::nullopt), count_cell(std::nullopt),    count_cell(std::nullopt),
          count_cell(std::nullopt),  scored_cell(baseline.score), state_cell(baseline.state)};
}

/// A column of the scores after tuning on the seed rows alone, where a model has one.
void add_seed_only(const TaskSummary& task, Table& table) {
  constexpr int kBehindDelta = 4;
  const auto has = [](const CellSummary& cell) { return cell.seed_only.has_value(); };
  if (std::ranges::none_of(task.cells, has)) return;
  table.columns.insert(table.columns.begin() + kBehindDelta, Column{"seed only"});
  for (size_t i = 0; i < table.rows.size(); ++i) {
    const TableCell cell =
        score_cell(i < task.cells.size() ? task.cells[i].seed_only : std::nullopt);
    table.rows[i].insert(table.rows[i].begin() + kBehindDelta, cell);
  }
}

/// Behind the column of that title; rows without a cell of their own get a dash.
void insert_behind(std::string_view title, Column column, const std::vector<TableCell>& cells,
                   Table& table) {
  const auto at = std::ranges::find(table.columns, title, &Column::title) - table.columns.begin();
  table.columns.insert(table.columns.begin() + at + 1, std::move(column));
  for (size_t i = 0; i < table.rows.size(); ++i) {
    table.rows[i].insert(table.rows[i].begin() + at + 1,
                         i < cells.size() ? cells[i] : number_cell(std::nullopt));
  }
}

/// Intervals of the tuned scores, and the letters of what cannot be told apart.
void add_verdict(const TaskSummary& task, const Verdict& verdict, Section& section) {
  std::vector<TableCell> intervals, letters;
  bool has_interval = false, has_noise = false;
  for (const CellSummary& cell : task.cells) {
    const CellVerdict* said = verdict.cell(cell.model, task.name);
    const bool has = said && said->tuned;
    intervals.push_back(interval_cell(has ? std::optional(said->tuned->interval) : std::nullopt));
    has_interval = has_interval || has;
    has_noise = has_noise || (said && said->effect && said->effect->told == Told::noise);
  }
  if (has_interval) {
    const std::string level = level_text(verdict.options.level);
    insert_behind("tuned", {level}, intervals, section.table);
    section.paragraphs.push_back(
        fmt::format("{}: the interval of the tuned score over its test rows.{}", level,
                    has_noise ? " A delta in brackets cannot be told from noise." : ""));
  }
  const TaskVerdict* found = verdict.task(task.name);
  const TaskPairs* pairs = found ? found->by(Ranked::tuned) : nullptr;
  if (!pairs) return;
  for (const CellSummary& cell : task.cells) {
    letters.push_back({letters_of(cell.model, pairs->groups)});
  }
  insert_behind("tuned #", {"group", false}, letters, section.table);
  section.paragraphs.emplace_back("Tuned models that share a letter cannot be told apart.");
}

Section task_section(const TaskSummary& task, const Verdict& verdict) {
  Section section;
  section.heading = fmt::format("Task {}", task.name);
  if (task.metric.empty()) {
    section.paragraphs = {"No cell of this task has a score yet."};
  } else {
    section.paragraphs = {
        fmt::format("{}: {}, {} is better; base → tuned (delta), and the model's "
                    "rank by each.",
                    task.task_type, task.metric, task.higher_is_better ? "higher" : "lower")};
  }
  section.table.columns = {{"model", false}, {"base"},    {"tuned"},  {"delta"},      {"base #"},
                           {"tuned #"},      {"delta #"}, {"scored"}, {"cell", false}};
  for (const CellSummary& cell : task.cells)
    section.table.rows.push_back(row_of(cell, task, verdict));
  for (const BaselineSummary& baseline : task.baselines) {
    if (is_beside(baseline)) section.table.rows.push_back(row_of(baseline));
  }
  if (std::ranges::any_of(task.baselines, is_beside)) {
    section.paragraphs.push_back(
        "What is no model of the run stands below them, is not tuned and takes no rank.");
  }
  add_seed_only(task, section.table);
  add_verdict(task, verdict, section);
  return section;
}

std::string pair_of(const CellSummary& cell) {
  return fmt::format("{} on {}", cell.model, cell.task);
}

std::string counted(size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

void add_cells(Document& document, const Summary& summary, CellState state,
               const std::string& heading) {
  Section section;
  section.heading = heading;
  for (const CellSummary* cell : summary.cells_in(state)) {
    section.items.push_back(cell->error ? fmt::format("{}: {}: {}", pair_of(*cell),
                                                      cell->error->kind, cell->error->message)
                                        : pair_of(*cell));
  }
  for (const BaselineSummary* one : summary.baselines_in(state)) {
    const std::string name = fmt::format("{} on {}", title_of(*one), one->task);
    section.items.push_back(
        one->error ? fmt::format("{}: {}: {}", name, one->error->kind, one->error->message) : name);
  }
  if (!section.items.empty()) document.sections.push_back(std::move(section));
}

}  // namespace

Document make_document(const Summary& summary) {
  const auto count = [&](CellState state) {
    return summary.cells_in(state).size() + summary.baselines_in(state).size();
  };
  const size_t done = count(CellState::done), failed = count(CellState::failed);
  const size_t left = count(CellState::left);
  Document document;
  document.title =
      fmt::format("{}, {}: {} of {} done, {} failed, {} left",
                  counted(summary.models.size(), "model"), counted(summary.tasks.size(), "task"),
                  done, counted(done + failed + left, "cell"), failed, left);
  const auto add = [](std::vector<Section>& to, std::vector<Section> more) {
    std::ranges::move(more, std::back_inserter(to));
  };
  // Answers first, then what they are made of.
  add(document.sections, recommendation_sections(summary));
  add(document.sections, ranking_sections(summary));
  if (!summary.notes.empty()) {
    document.sections.push_back({"What to know before comparing", {}, {}, summary.notes});
  }
  for (const TaskSummary& task : summary.tasks) {
    document.sections.push_back(task_section(task, summary.verdict));
  }
  add(document.sections, verdict_sections(summary));
  add(document.sections, comparison_sections(summary));
  add(document.sections, variant_sections(summary));
  add(document.sections, cost_sections(summary));
  document.sections.push_back(method_section(summary));
  add_cells(document, summary, CellState::failed, "Failed cells");
  add_cells(document, summary, CellState::left, "Cells left to run");
  add_cells(document, summary, CellState::not_planned, "Cells that the run does not plan");
  document.folded = detail_sections(summary);
  add(document.folded, curve_sections(summary));
  return document;
}

}  // namespace tuneval
