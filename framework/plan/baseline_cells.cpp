#include "framework/plan/baseline_cells.h"

#include "framework/plan/identity.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuneval {

namespace {

/// `wanted`, unless a model has that name: then with the first number that makes it another.
std::string free_name(const Manifest& manifest, const std::string& wanted) {
  const auto taken = [&](const std::string& name) {
    return std::ranges::find(manifest.models, name, &ModelEntry::name) != manifest.models.end();
  };
  std::string name = wanted;
  for (int number = 2; taken(name); ++number) name = fmt::format("{}-{}", wanted, number);
  return name;
}

void add_cell(Plan& plan, size_t task, CellKind kind, const Registry& registry) {
  Cell cell;
  cell.task = task;
  cell.kind = kind;
  cell.seed = plan.manifest.seed;
  cell.name = free_name(plan.manifest, std::string(to_string(kind)));
  cell.id = baseline_cell_id(plan.manifest, cell.name, plan.tasks[task], kind, registry);
  plan.cells.push_back(std::move(cell));
}

void prepare_seed(PlannedTask& task, std::vector<std::string>& notes) {
  task.seed = with_seed_rows(task.data);
  if (task.seed) return;
  notes.push_back(fmt::format("the pack of task \"{}\" has no seed rows: it gets no seed_only cell",
                              task.entry.name));
}

/// A judge at temperature 0 says the same each time: repeats cost and tell nothing.
void note_repeats(const Plan& plan, std::vector<std::string>& notes) {
  const std::optional<JudgeOptions>& judge = plan.manifest.judge;
  const bool judged =
      std::ranges::any_of(plan.tasks, [](const PlannedTask& task) { return task.data.judged; });
  if (!judge || !judged || judge->repeats < 2 || judge->server.temperature > 0.0) return;
  notes.push_back(
      fmt::format("[judge] repeats is {} at temperature 0: the verdicts on an answer will most "
                  "likely be alike; with a \"temperature\" above 0 they can differ",
                  judge->repeats));
}

}  // namespace

void add_baseline_cells(Plan& plan, const Registry& registry) {
  const Manifest& manifest = plan.manifest;
  const bool teacher = manifest.teacher && manifest.teacher->score;
  for (size_t t = 0; t < plan.tasks.size(); ++t) {
    PlannedTask& task = plan.tasks[t];
    if (teacher) {
      const TaskData& data = task.data;
      task.teacher_shots = draw_shots(data.train, data.type->answers(), manifest.teacher->shots);
      add_cell(plan, t, CellKind::teacher, registry);
    }
    for (const std::string& name : manifest.baselines) {
      const std::optional<CellKind> kind = cell_kind(name);
      if (kind == CellKind::seed_only) {
        prepare_seed(task, plan.notes);
      } else if (kind) {
        add_cell(plan, t, *kind, registry);
      }
    }
    if (task.data.judged && !manifest.judge) {
      plan.notes.push_back(fmt::format(
          "task \"{}\" has a metric that asks a judge, and the manifest has no [judge]: "
          "it leaves every example unscored",
          task.entry.name));
    }
  }
  note_repeats(plan, plan.notes);
}

}  // namespace tuneval
