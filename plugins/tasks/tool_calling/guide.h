#pragma once

#include "toolbox.h"

#include <string>

/// What an example is of whose answer calls nothing.
inline constexpr const char* kNoCall = "no call";

/// What a row is, for who writes rows. `tools`: the pack's own, maybe none.
std::string guide_to_rows(bool refusals, const Toolbox& tools);
