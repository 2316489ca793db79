#pragma once

#include "framework/cell/run_cell.h"

#include <functional>

namespace tuneval {

class Teacher;

/// Scores a cell that needs no model here: a teacher, or answers made of the training examples.
/// Fills in `record`, which `begin_record` made, with a base score alone. `teacher` is called where
/// one is asked. Throws what went wrong: a cell's edge is the caller.
void run_baseline(const Plan& plan, const Cell& cell, const CellTools& tools,
                  const std::function<Teacher&()>& teacher, CellRecord& record);

}  // namespace tuneval
