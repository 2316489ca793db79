#pragma once

#include "tuneval/task/task_type.h"

/// Rows of every form that the task type reads.
tuneval::TaskSample sample();
