#pragma once

#include "tuneval/task/task_type.h"

#include <string>
#include <vector>

namespace tuneval {

// What models have to beat: answers made of the training examples alone, without a model. Both are
// targets of training examples, so a task type parses them as it parses what a model writes.

/// The answer that most training examples have, for everything. Where the task has a closed set of
/// answers, by the first reference, else by the target; of several alike the one that occurs first.
/// `train` has one example at least.
std::string majority_answer(const TaskType& type, const std::vector<Example>& train);

/// For each test example the answer of the training example whose last user turn is most like its
/// own (NearestExamples); the majority's where none has a word in common that tells examples apart.
std::vector<std::string> nearest_answers(const TaskType& type, const std::vector<Example>& train,
                                         const std::vector<Example>& test);

}  // namespace tuneval
