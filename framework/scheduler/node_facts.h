#pragma once

#include "tuneval/plugin.h"

#include <filesystem>
#include <map>
#include <string>

namespace tuneval {

/// What of a machine's installation decides results, and has to be alike on all machines of a run.
struct NodeFacts {
  std::string tuneval;                         ///< version
  std::string abi_tag;                         ///< of the program, and so of every plugin it loads
  std::map<std::string, std::string> plugins;  ///< name to version

  bool operator==(const NodeFacts&) const = default;
};

/// This process's.
NodeFacts facts_here(const Registry& registry);

/// In words, where the two differ: `plugin "qwen3" is 0.2.0 in place of 0.1.0`. Empty when nowhere.
std::string difference_of_facts(const NodeFacts& found, const NodeFacts& expected);

/// RUN/slurm/node.json: what a submission expects of its nodes.
std::filesystem::path expected_facts_path(const std::filesystem::path& run);

/// Throws RecordError.
void write_facts(const std::filesystem::path& file, const NodeFacts& facts);
NodeFacts read_facts(const std::filesystem::path& file);

}  // namespace tuneval
