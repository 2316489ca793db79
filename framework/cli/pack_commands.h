#pragma once

#include "framework/cli/commands.h"

namespace tuneval::cli {

// Parts of `tuneval pack`. Each adds its command to `pack`.
void add_pack_show(CLI::App& pack, Common& common);

}  // namespace tuneval::cli
