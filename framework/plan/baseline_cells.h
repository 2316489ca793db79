#pragma once

#include "framework/plan/plan.h"

namespace tuneval {

/// Adds the cells of the manifest's teacher and of the baselines that need no model, task by task,
/// and makes ready what seed-only cells need of the tasks. What the manifest asks for and a pack
/// cannot give is noted in the plan.
void add_baseline_cells(Plan& plan, const Registry& registry);

}  // namespace tuneval
