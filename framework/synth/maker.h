#pragma once

#include "framework/synth/lost_replies.h"
#include "framework/synth/plain_inputs.h"
#include "framework/synth/request.h"
#include "framework/synth/result_folder.h"
#include "framework/synth/synth.h"
#include "framework/synth/validators.h"

#include <optional>
#include <string>
#include <vector>

namespace tuneval {

/// The loop of synth: iterations of requests, their replies through the validators, until all rows
/// are there or asking ends.
class Maker {
 public:
  /// All must outlive it.
  Maker(const SynthTask& task, const SynthOptions& options, const SynthTeacher& teacher,
        LostReplies& lost);

  void run(const SynthProgress& progress);

  const SynthReport& report() const { return report_; }
  const SynthLines& lines() const { return lines_; }

 private:
  bool iterate();
  std::vector<TeacherReply> ask_all(const std::vector<TeacherRequest>& requests,
                                    const std::vector<std::string>& ids);
  void take_reply(const Ask& ask, const std::string& id, const TeacherReply& reply);
  void take_rows(const Ask& ask, const std::string& id, const TeacherReply& reply);
  void take_row(const Ask& ask, const std::string& id, nlohmann::ordered_json row, size_t number);
  void accept(const Candidate& row, const std::string& id);
  void reject(const Ask& ask, const std::string& id, const std::string& reason,
              const std::string& message, const char* what, nlohmann::ordered_json value);
  void finish();

  const SynthTask& task_;
  const SynthOptions& options_;
  const SynthTeacher& teacher_;
  LostReplies& lost_;
  Planner planner_;
  Balance balance_;
  Cascade cascade_;
  std::optional<PlainInputs> plain_;
  SynthReport report_;
  SynthLines lines_;
  std::vector<Likeness> accepted_;
};

}  // namespace tuneval
