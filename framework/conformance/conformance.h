#pragma once

#include "tuneval/plugin.h"

#include <filesystem>
#include <string>
#include <vector>

namespace tuneval {

/// What one named check found of one thing that a plugin registers.
struct CheckResult {
  enum class Status { passed, failed, skipped };
  std::string name;     ///< kebab-case, e.g. "future-does-not-leak"
  std::string subject;  ///< e.g. "model family llama"; "plugin llama" for the file as a whole
  std::string meaning;  ///< one sentence: what holds when the check passes
  Status status = Status::passed;
  std::string seen;  ///< what was measured, what went wrong, or why the check was skipped
  std::string mend;  ///< what to change in a plugin that fails it
};

struct CheckOptions {
  std::string device = "cpu";     ///< of the family checks: "cpu", "cuda", "cuda:1"
  std::string dtype = "float32";  ///< of the family checks: "float32", "bfloat16", "float16"
  std::filesystem::path model;    ///< a checkpoint folder to hold a family against; may be empty
  std::filesystem::path pack;  ///< a pack to run a task type on in place of its own sample; may be
                               ///< empty
  /// Plugins that are loaded beside: the metrics that a task type names, the task types that name a
  /// metric. None: such checks work with what the plugin itself has.
  const Registry* others = nullptr;
};

/// Runs every check that applies to what the plugin registers, in this process: a plugin that
/// crashes takes it along. What a plugin gets wrong is a failed check, never an exception.
std::vector<CheckResult> check_plugin(const std::filesystem::path& file,
                                      const CheckOptions& options = {});

/// Whether none of the checks failed.
bool all_passed(const std::vector<CheckResult>& results);

}  // namespace tuneval
