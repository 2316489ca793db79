#include "framework/summary/comparison.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include "framework/summary/score_under.h"

#include <cstdlib>
#include <filesystem>

namespace tuneval {
namespace {

using Values = std::vector<ExampleValue>;

/// A task's comparisons, one model after the other.
class Comparison {
 public:
  Comparison(TaskSummary& task, const Selection& selection, const SummaryOptions& options,
             TaskRows& rows, std::vector<std::string>& notes)
      : task_(task), selection_(selection), options_(options), rows_(rows), notes_(notes) {}

  void add_baselines() {
    for (const Selection::Name& name : selection_.baselines) {
      if (name.task == task_.name) task_.baselines.push_back(baseline(name));
    }
  }

  void add_students() {
    find_teacher();
    for (CellSummary& cell : task_.cells) {
      for (const BaselineSummary& one : task_.baselines) {
        if (one.kind == CellKind::seed_only && one.name == cell.model) cell.seed_only = one.score;
      }
      compare(cell);
    }
    note_apart();
  }

 private:
  BaselineSummary baseline(const Selection::Name& name) {
    BaselineSummary summary;
    summary.kind = name.kind;
    summary.name = name.model;
    summary.task = name.task;
    summary.state = selection_.state(name);
    const CellRecord* record = selection_.record(name);
    if (!record) return summary;
    if (task_.task_type.empty()) task_.task_type = record->task.task_type;
    summary.id = record->id;
    summary.error = record->error;
    summary.seconds = record->seconds;
    if (name.kind == CellKind::teacher) summary.model = record->model.path;
    const std::string title = name.kind == CellKind::seed_only
                                  ? fmt::format("{} tuned on seed rows", name.model)
                                  : name.model;
    summary.score = score_under(task_.metric, record->tuned ? record->tuned : record->base,
                                fmt::format("The score of {} on {}", title, name.task), notes_);
    return summary;
  }

  void find_teacher() {
    for (const BaselineSummary& one : task_.baselines) {
      if (one.kind == CellKind::teacher && one.score) teacher_ = &one;
    }
    if (!teacher_) return;
    margin_ = margin_on(task_.name, selection_, options_);
    teacher_values_ = values(teacher_->id, Stage::base);
  }

  void compare(CellSummary& cell) {
    const CellRecord* record = selection_.record({CellKind::model, cell.model, cell.task});
    if (!record) return;
    const MetricValue* metric = metric_of(*record);
    if (!metric || !cell.tuned) return;
    const Values* tuned = values(cell.id, Stage::tuned);
    if (cell.base) {
      cell.changes = pair(tuned, values(cell.id, Stage::base), *metric);
    }
    if (!teacher_) return;
    TeacherComparison with;
    with.teacher = teacher_->score->value;
    with.delta = cell.tuned->value - with.teacher;
    if (cell.base) {
      with.gap_closed =
          gap_closed(with.teacher, cell.base->value, cell.tuned->value, task_.higher_is_better);
    }
    const double ahead = task_.higher_is_better ? with.delta : -with.delta;
    with.as_good = ahead >= -margin_ - 1e-9;  // 0.9 − 0.8 is a margin of 0.1
    with.agreement = pair(tuned, teacher_values_, *metric);
    note_teacher(cell, tuned, with.agreement.has_value());
    cell.teacher = std::move(with);
  }

  /// What a reader must know of how this cell compares with the teacher.
  void note_teacher(const CellSummary& cell, const Values* tuned, bool paired) {
    if (tuned && teacher_values_ && !are_same_examples(*tuned, *teacher_values_)) {
      notes_.push_back(
          fmt::format("{} and {} were scored on different test examples of {}: delta and gap "
                      "compare other examples, and none is paired.",
                      cell.model, teacher_->name, task_.name));
      return;
    }
    if (tuned && teacher_values_ && !paired) {
      notes_.push_back(fmt::format("{} and {} have no scored test example of {} in common.",
                                   cell.model, teacher_->name, task_.name));
      return;
    }
    if (const int64_t count = scored_by_one(*cell.tuned, tuned); count > 0) {
      apart_.push_back(fmt::format("{} ({})", cell.model, count));
    }
  }

  /// Examples that either the student or the teacher alone scored; without predictions, those that
  /// one has more.
  int64_t scored_by_one(const StageScore& score, const Values* student) const {
    if (!student || !teacher_values_) return std::abs(score.scored - teacher_->score->scored);
    int64_t count = 0;
    for (size_t i = 0; i < student->size(); ++i) {
      count += (*student)[i].value.has_value() != (*teacher_values_)[i].value.has_value();
    }
    return count;
  }

  void note_apart() {
    if (apart_.empty()) return;
    notes_.push_back(
        fmt::format("On {}, {} and these models were not all scored on the same test examples, so "
                    "their delta and gap compare other examples; in brackets, how many only one of "
                    "the two has: {}.",
                    task_.name, teacher_->name, fmt::join(apart_, ", ")));
  }

  const MetricValue* metric_of(const CellRecord& record) const {
    if (!record.tuned) return nullptr;
    for (const MetricValue& metric : record.tuned->metrics) {
      if (metric.name == task_.metric) return &metric;
    }
    return nullptr;
  }

  static std::optional<Agreement> pair(const Values* first, const Values* second,
                                       const MetricValue& metric) {
    if (!first || !second) return std::nullopt;
    return agreement(*first, *second, metric);
  }

  /// Null where there are no predictions.
  const Values* values(const std::string& id, Stage stage) {
    const ExampleRows* rows = rows_.find(id, stage);
    return rows ? &rows->values : nullptr;
  }

  TaskSummary& task_;
  const Selection& selection_;
  const SummaryOptions& options_;
  TaskRows& rows_;
  std::vector<std::string>& notes_;
  const BaselineSummary* teacher_ = nullptr;
  double margin_ = 0.0;
  const Values* teacher_values_ = nullptr;
  std::vector<std::string> apart_;  ///< models that the teacher is not compared with like with like
};

}  // namespace

double margin_on(const std::string& task, const Selection& selection,
                 const SummaryOptions& options) {
  if (options.margin) return *options.margin;
  for (const auto& [name, record] : selection.records) {
    if (name.kind == CellKind::teacher && name.task == task) {
      return record->recipe.value("margin", 0.0);
    }
  }
  return 0.0;
}

void add_comparison(TaskSummary& task, const Selection& selection, const SummaryOptions& options,
                    TaskRows& rows, std::vector<std::string>& notes) {
  Comparison comparison(task, selection, options, rows, notes);
  comparison.add_baselines();
  comparison.add_students();
}

PredictionSource predictions_in(const RecordStore& store) {
  return [&store](const std::string& id, Stage stage) -> std::optional<std::vector<PredictionRow>> {
    const std::filesystem::path file = store.predictions_path(id, stage);
    std::error_code problem;
    if (!std::filesystem::exists(file, problem) && !problem) return std::nullopt;
    return read_predictions(file);
  };
}

}  // namespace tuneval
