#pragma once

#include "tuneval/task/task_type.h"

#include <cstdint>
#include <vector>

namespace tuneval {

/// Few-shot prompting: answered training examples that go before a prompt. The base model gets
/// them; a tuned one has learnt the task instead.
struct Shots {
  std::vector<Message> messages;  ///< question and answer in turn, without system turns
  int64_t count = 0;              ///< examples that they are made of
};

/// The options that are the host's, of any task type: "shots" (a number, 0 by default),
/// "shots_seed" (123), "shots_each_answer" (false: drawn evenly; true: at least one for each of
/// TaskType::answers, in a drawn order).
///
/// Draws from `train`, the same on every system. A bad option, more shots than there are examples,
/// and an answer without an example where each shall have one, throw DataError.
Shots choose_shots(const TaskOptions& options, const TaskType& type,
                   const std::vector<Example>& train);

/// `count` examples of `train`, drawn like those of choose_shots with this seed, one at least for
/// each of `answers` that some example has: of more such answers than `count` as many as there are.
Shots draw_shots(const std::vector<Example>& train, const std::vector<std::string>& answers,
                 int64_t count, uint64_t seed = 123);

/// The options without them, as the task type gets them.
TaskOptions without_shots(const TaskOptions& options);

/// The example with the shots between its system turn and the rest.
Example with_shots(const Example& example, const Shots& shots);

}  // namespace tuneval
