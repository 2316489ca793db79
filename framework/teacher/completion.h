#pragma once

#include "framework/teacher/teacher.h"

#include <string>

namespace tuneval {

/// What a chat completion says. `body` is its JSON, no deeper than compact_json takes; anything
/// else is `malformed`. Calls become canonical; where their arguments are no JSON object, the
/// answer is still an answer: the calls as they came, in `text`, for the task type to judge.
TeacherReply read_completion(const std::string& body);

/// What a server says of an error, in at most 300 bytes: the message of its JSON, else the text
/// itself. Empty when it says nothing.
std::string server_words(const std::string& body);

}  // namespace tuneval
