#pragma once

#include "tuneval/config.h"

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

/// The functions that a model may call.
struct Toolbox {
  std::string json;  ///< array of {"type": "function", "function": {"name", …}}
  std::vector<std::string> names;

  bool knows(std::string_view name) const;
};

/// Reads an object's "tools": OpenAI function schemas, or the functions in them alone; as JSON, or
/// as a text that holds it (so it stands in a table). Faults are told through `config`.
Toolbox read_tools(const tuneval::Config& config);

/// What is wrong with a call's arguments by their tool's schema; empty when nothing is, or when the
/// tool is not in `tools`. Schemas are read once for each text of tools.
class ArgumentCheck {
 public:
  ArgumentCheck();
  ~ArgumentCheck();
  std::string fault(const std::string& tools, const std::string& name,
                    const std::string& arguments);

 private:
  struct Schemas;
  std::unordered_map<std::string, std::unique_ptr<const Schemas>> known_;  // by the text of tools
};
