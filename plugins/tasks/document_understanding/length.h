#pragma once

#include "tuneval/config.h"

#include <cstddef>
#include <string>
#include <string_view>

/// The rule for documents that are too long: the options "too_long" and "max_document_characters".
class LengthRule {
 public:
  explicit LengthRule(const tuneval::Config& options);

  /// The document of a row's key, cut where the rule cuts. A character is a Unicode code point.
  std::string read(const tuneval::Config& row, std::string_view key) const;

 private:
  enum class Policy { refuse, cut_end, cut_middle };

  Policy policy_;
  size_t most_ = 0;  // characters; 0: no limit
};
