#include "framework/report/comparison_sections.h"

#include "framework/report/cells.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

namespace tuneval {
namespace {

using Rows = std::vector<std::vector<TableCell>>;

std::optional<int64_t> count(const std::optional<Agreement>& agreement,
                             int64_t Agreement::*member) {
  return agreement ? std::optional((*agreement).*member) : std::nullopt;
}

std::optional<int64_t> count(const std::optional<Agreement>& agreement,
                             std::vector<std::string> Agreement::*member) {
  return agreement ? std::optional(int64_t(((*agreement).*member).size())) : std::nullopt;
}

/// Without a base score there is nothing to say of a gap.
TableCell gap_cell(const CellSummary& cell) {
  if (cell.base && !cell.teacher->gap_closed) return {"no gap", Tone::faint};
  return number_cell(cell.teacher->gap_closed);
}

std::vector<TableCell> teacher_row(const TaskSummary& task, const CellSummary& cell) {
  const TeacherComparison& with = *cell.teacher;
  return {{task.name},
          {cell.model},
          number_cell(with.teacher),
          score_cell(cell.base),
          score_cell(cell.tuned),
          delta_cell(with.delta, task.higher_is_better),
          gap_cell(cell),
          {with.as_good ? "yes" : "no", with.as_good ? Tone::good : Tone::plain},
          count_cell(count(with.agreement, &Agreement::both)),
          count_cell(count(with.agreement, &Agreement::first_only)),
          count_cell(count(with.agreement, &Agreement::second_only)),
          count_cell(count(with.agreement, &Agreement::neither))};
}

/// The teachers' names, as their servers call them.
std::set<std::string> teachers(const Summary& summary) {
  std::set<std::string> names;
  for (const TaskSummary& task : summary.tasks) {
    for (const BaselineSummary& one : task.baselines) {
      if (one.kind == CellKind::teacher && one.score) names.insert(one.model);
    }
  }
  return names;
}

Section teacher_section(const Summary& summary) {
  Section section;
  section.heading = "Students against the teacher";
  section.paragraphs = {fmt::format(
      "Teacher: {}. Delta is tuned − teacher; gap closed is (tuned − base) / (teacher "
      "− base), and there is no gap where the teacher is no better than the base model. "
      "Within margin: the score is no further behind than the run's margin, be it by luck; whether "
      "that is shown, the table of those no worse than the teacher says. The last four count test "
      "examples that were answered right.",
      fmt::join(teachers(summary), ", "))};
  section.table.columns = {
      {"task", false}, {"model", false}, {"teacher"},      {"base"},
      {"tuned"},       {"delta"},        {"gap closed"},   {"within margin", false},
      {"both"},        {"student only"}, {"teacher only"}, {"neither"}};
  for (const TaskSummary& task : summary.tasks) {
    for (const CellSummary& cell : task.cells) {
      if (cell.teacher) section.table.rows.push_back(teacher_row(task, cell));
    }
  }
  return section;
}

Section change_section(const Summary& summary) {
  Section section;
  section.heading = "What tuning changed, example by example";
  section.paragraphs = {
      "Test examples answered right before and after tuning, only after it (gained), only before "
      "it "
      "(regressed), and neither time. Right is at least halfway from the metric's worst value to "
      "its best."};
  section.table.columns = {{"task", false}, {"model", false}, {"kept"},
                           {"gained"},      {"regressed"},    {"neither"}};
  for (const TaskSummary& task : summary.tasks) {
    for (const CellSummary& cell : task.cells) {
      if (!cell.changes) continue;
      section.table.rows.push_back({{task.name},
                                    {cell.model},
                                    count_cell(count(cell.changes, &Agreement::both)),
                                    count_cell(count(cell.changes, &Agreement::first_only)),
                                    count_cell(count(cell.changes, &Agreement::second_only)),
                                    count_cell(count(cell.changes, &Agreement::neither))});
    }
  }
  return section;
}

}  // namespace

std::vector<Section> comparison_sections(const Summary& summary) {
  std::vector<Section> sections;
  for (Section section : {teacher_section(summary), change_section(summary)}) {
    if (!section.table.rows.empty()) sections.push_back(std::move(section));
  }
  return sections;
}

std::string title_of(const BaselineSummary& baseline) {
  if (baseline.kind == CellKind::seed_only) return fmt::format("{} (seed_only)", baseline.name);
  if (!baseline.model.empty()) return fmt::format("{} ({})", baseline.name, baseline.model);
  return baseline.name;
}

}  // namespace tuneval
