#pragma once

#include "framework/loader/loader.h"

#include <filesystem>
#include <vector>

namespace tuneval {

/// Every plugin of this build, as the program finds them: a new one is tried too.
inline const Registry& all_plugins() {
  static const Registry registry =
      load_plugins(std::vector<std::filesystem::path>{TUNEVAL_PLUGIN_DIR});
  return registry;
}

}  // namespace tuneval
