#include "framework/cell/run_baseline.h"

#include "framework/baseline/baseline.h"
#include "framework/score/score_answers.h"
#include "framework/score/teacher_answers.h"

#include <chrono>
#include <utility>

namespace tuneval {

namespace {

std::vector<GivenAnswer> teacher_answers(const Plan& plan, const Cell& cell, Teacher& teacher,
                                         const CellTools& tools) {
  const PlannedTask& task = plan.tasks[cell.task];
  TeacherScoring options;
  options.shots = task.teacher_shots;
  options.max_new_tokens = plan.manifest.scoring.max_new_tokens;
  options.progress = [&](int64_t answers, int64_t tokens) {
    tools.progress({"ask", answers, int64_t(task.data.test.size()), tokens, 0.0});
  };
  return ask_teacher(teacher, task.data, options);
}

/// The answers of a baseline that is made of the training examples.
std::vector<GivenAnswer> made_answers(const TaskData& task, CellKind kind) {
  const std::vector<std::string> texts =
      kind == CellKind::nearest
          ? nearest_answers(*task.type, task.train, task.test)
          : std::vector<std::string>(task.test.size(), majority_answer(*task.type, task.train));
  std::vector<GivenAnswer> answers(texts.size());
  for (size_t i = 0; i < texts.size(); ++i) {
    answers[i].prompt = prompt_json(task.test[i]);
    answers[i].completion = texts[i];
  }
  return answers;
}

}  // namespace

void run_baseline(const Plan& plan, const Cell& cell, const CellTools& tools,
                  const std::function<Teacher&()>& teacher, CellRecord& record) {
  const auto begin = std::chrono::steady_clock::now();
  const TaskData& task = plan.data(cell);
  const std::vector<GivenAnswer> answers = cell.kind == CellKind::teacher
                                               ? teacher_answers(plan, cell, teacher(), tools)
                                               : made_answers(task, cell.kind);
  ScoreSet set = score_answers(task, tools.registry, answers, tools.judge);
  set.summary.shots =
      cell.kind == CellKind::teacher ? plan.tasks[cell.task].teacher_shots.count : 0;
  set.summary.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  write_predictions(tools.store.predictions_path(cell.id, Stage::base), set.rows);
  record.base = std::move(set.summary);
}

}  // namespace tuneval
