#pragma once

#include "tuneval/task/example.h"

#include <string>
#include <vector>

/// What a judge is asked of a prediction: whether it is good, given what the model was asked, the
/// right answers and the pack's own `instructions` to a judge. All that is not ours or the pack's
/// instructions is fenced: whatever it says, it cannot pass for a part of the question.
std::vector<tuneval::Message> judge_question(const std::string& instructions,
                                             const tuneval::Example& example,
                                             const tuneval::Prediction& prediction);
