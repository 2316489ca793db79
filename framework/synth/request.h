#pragma once

#include "framework/synth/planner.h"
#include "framework/teacher/teacher.h"

#include <string>

namespace tuneval {

/// A request without words: how an answer is drawn, which the options and the index of `ask`
/// decide.
TeacherRequest bare_request(const SynthOptions& options, const Ask& ask);

/// A request in words. It depends on the task, the options and `ask` alone.
TeacherRequest write_request(const SynthTask& task, const SynthOptions& options, const Ask& ask);

/// What provenance knows a request by: SHA-256, in hex, of all that it asks and of who is asked.
std::string request_id(const TeacherRequest& request, const std::string& model);

}  // namespace tuneval
