#pragma once

#include "framework/manifest/teacher_options.h"
#include "framework/synth/folder_lock.h"
#include "framework/synth/options.h"
#include "framework/synth/report.h"
#include "framework/synth/synth_task.h"

#include <filesystem>
#include <optional>
#include <string>

namespace tuneval {

/// What was made, as lines of JSON.
struct SynthLines {
  std::string train, provenance, rejected;
};

/// What decides a result, as a hash: the pack's files, the options, and of the teacher who it is
/// and how it is asked, but not how often, how fast and for how much.
std::string synth_identity(const SynthTask& task, const SynthOptions& options,
                           const TeacherOptions& teacher);

/// The folder that synth fills, a pack at the end. It says at every moment, in synth.json, what it
/// is and whether it is complete; each file in it is whole. Without pack.toml it is no pack yet. As
/// long as it is filled no other process may do so.
class ResultFolder {
 public:
  /// Takes a new or empty folder, or one that is not complete and is to become the same. Throws
  /// ManifestError for any other and for one that is being filled, RecordError where the disk
  /// refuses.
  ResultFolder(const std::filesystem::path& folder, std::string identity);

  /// The complete result that the folder held already, as far as to_line tells of it.
  const std::optional<SynthReport>& complete() const { return complete_; }
  const std::filesystem::path& path() const { return folder_; }
  /// Writes all files; synth.json, which says whether the result is complete, is the last.
  void write(const SynthTask& task, const SynthOptions& options, const SynthLines& lines,
             const SynthReport& report) const;

 private:
  bool is_begun() const;
  void read_state();
  void write_state(nlohmann::ordered_json state) const;

  std::filesystem::path folder_;
  std::string identity_;
  std::optional<SynthReport> complete_;
  std::optional<FolderLock> lock_;
};

}  // namespace tuneval
