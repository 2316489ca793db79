#include "framework/report/csv_fields.h"
#include "framework/report/report.h"

#include <algorithm>

namespace tuneval {
namespace {

std::optional<double> score_of(const TaskSummary& task, CellKind kind) {
  for (const BaselineSummary& one : task.baselines) {
    if (one.kind == kind && one.score) return one.score->value;
  }
  return std::nullopt;
}

std::optional<double> value_of(const std::optional<StageScore>& score) {
  return score ? std::optional(score->value) : std::nullopt;
}

/// The four counts of an agreement; empty for none.
std::vector<std::string> counts(const std::optional<Agreement>& agreement) {
  if (!agreement) return {"", "", "", ""};
  return {csv_number(std::optional(agreement->both)),
          csv_number(std::optional(agreement->first_only.size())),
          csv_number(std::optional(agreement->second_only.size())),
          csv_number(std::optional(agreement->neither))};
}

std::string comparison_line(const TaskSummary& task, const CellSummary& cell) {
  const std::optional<TeacherComparison>& with = cell.teacher;
  std::vector<std::string> fields = {csv_field(task.name),
                                     csv_field(cell.model),
                                     csv_field(task.metric),
                                     csv_number(value_of(cell.base)),
                                     csv_number(value_of(cell.tuned)),
                                     csv_number(value_of(cell.seed_only)),
                                     csv_number(score_of(task, CellKind::majority)),
                                     csv_number(score_of(task, CellKind::nearest)),
                                     csv_number(score_of(task, CellKind::teacher)),
                                     csv_number(with ? std::optional(with->delta) : std::nullopt),
                                     csv_number(with ? with->gap_closed : std::nullopt),
                                     !with           ? ""
                                     : with->as_good ? "yes"
                                                     : "no"};
  const std::optional<Agreement> agreement = with ? with->agreement : std::nullopt;
  for (const std::string& text : counts(agreement)) fields.push_back(text);
  fields.push_back(agreement ? csv_number(std::optional(agreement->left_out)) : "");
  for (const std::string& text : counts(cell.changes)) fields.push_back(text);
  return csv_line(fields);
}

}  // namespace

bool has_comparison(const Summary& summary) {
  return std::ranges::any_of(summary.tasks, [](const TaskSummary& task) {
    return !task.baselines.empty() || std::ranges::any_of(task.cells, [](const CellSummary& cell) {
      return cell.changes.has_value();
    });
  });
}

std::string comparison_csv(const Summary& summary) {
  std::string text =
      "task,model,metric,base,tuned,seed_only,majority,nearest,teacher,teacher_delta,gap_closed,"
      "as_good,both_right,student_only,teacher_only,both_wrong,left_out,kept,gained,regressed,"
      "still_wrong\n";
  for (const TaskSummary& task : summary.tasks) {
    for (const CellSummary& cell : task.cells) text += comparison_line(task, cell);
  }
  return text;
}

}  // namespace tuneval
