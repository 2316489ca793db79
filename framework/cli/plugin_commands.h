#pragma once

#include "framework/cli/commands.h"

namespace tuneval::cli {

// Each adds its command to `tuneval plugins`.
void add_plugins_check(CLI::App& plugins, Common& common);
void add_plugins_new(CLI::App& plugins, Common& common);

}  // namespace tuneval::cli
