#pragma once

#include "tuneval/task/example.h"

#include <string>
#include <string_view>

namespace tuneval {

/// `text` with every run of ASCII whitespace as one space, and none around it.
std::string fold_space(std::string_view text);

/// What two examples have in common whose prompts differ in whitespace alone.
std::string fold_prompt(const Example& example);

}  // namespace tuneval
