#pragma once

#include "tuneval/task/example.h"

#include <string>
#include <string_view>
#include <vector>

/// One of the answers of a classification task.
struct Class {
  std::string name;
  std::string description;  ///< empty when the pack gives none
};

/// The user message of every row. All but the input is put together once, and stands first in the
/// default template: rows then share a long prefix, which is computed once for all of them.
class Prompt {
 public:
  /// Reads `options.options`' "prompt", or takes the default template.
  Prompt(const tuneval::TaskOptions& options, const std::vector<Class>& classes);

  std::string of(std::string_view input) const;

 private:
  std::vector<std::string> pieces_;  // the input goes between them
};
