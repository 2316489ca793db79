#pragma once

#include "framework/data/importers/importer.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace tuneval {

/// Rows of conversations as paths of turns, after their tools: one that begins another ends at an
/// inner node.
class TurnTree {
 public:
  /// Adds a row of {"messages", "tools"?}. Returns the node that its last turn leads to.
  size_t add(const ImportedRow& row);
  /// Where the first row stands that goes on behind this node; empty when none does.
  const std::string& goes_on_at(size_t node) const { return goes_on_[node]; }

 private:
  std::unordered_map<std::string, size_t> nodes_;  // by the node before and the turn
  std::vector<std::string> goes_on_ = {""};        // of each node; the first is the root
};

/// Leaves out of `pack.train` each row that another row of the two splits begins with; these are
/// told.
void drop_beginnings(ImportedPack& pack);

/// Makes a group of the rows of `pack.train` that have the same tools and the same first turn of
/// the user: one of them may go on where another ends, and so they must stay in one split.
void group_conversations(ImportedPack& pack);

}  // namespace tuneval
