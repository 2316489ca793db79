#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tuneval {

/// Variables that a family's chat templates get unless the manifest sets them: name and JSON text,
/// e.g. {"enable_thinking", "false"}.
struct ChatDefaults {
  std::vector<std::pair<std::string, std::string>> variables;
};

}  // namespace tuneval
