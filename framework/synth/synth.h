#pragma once

#include "framework/data/pack.h"
#include "framework/synth/options.h"
#include "framework/synth/report.h"
#include "framework/teacher/teacher.h"
#include "tuneval/plugin.h"

#include <atomic>
#include <filesystem>
#include <functional>
#include <span>

namespace tuneval {

/// Who writes the rows.
struct SynthTeacher {
  TeacherOptions options;
  /// As Teacher::ask_all.
  std::function<void(std::span<const TeacherRequest>,
                     const std::function<void(size_t, TeacherReply)>&)>
      ask_all;
};

/// A teacher behind a server; both must outlive what is returned.
SynthTeacher synth_teacher(Teacher& teacher, const std::atomic<bool>* stop);

/// Is told after each iteration of what there is so far; diversity is not measured yet.
using SynthProgress = std::function<void(const SynthReport&)>;

/// Makes a pack in `folder` whose training rows a teacher wrote, from the training rows of `pack`
/// as seed: requests, replies, validators, files. docs/synth.md says what is in the folder.
///
/// Replies are judged in the order of their requests, and what a request says depends on the seed,
/// its index and on what was accepted in the iterations before: the same replies give the same
/// files, whatever order they come in. Where asking ended early the folder holds what there is and
/// says so; called again it goes on. A folder that is complete is left as it is.
///
/// Throws ManifestError for options that do not fit and for a folder that holds something else,
/// DataError for the pack, and what asking throws.
SynthReport synthesize(const Registry& registry, const Pack& pack, const SynthTeacher& teacher,
                       const SynthOptions& options, const std::filesystem::path& folder,
                       const SynthProgress& progress = {});

}  // namespace tuneval
