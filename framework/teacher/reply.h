#pragma once

#include "framework/teacher/http.h"
#include "framework/teacher/teacher.h"

#include <string>

namespace tuneval {

/// What to do after an attempt.
enum class Next {
  take,     ///< the reply as it is
  retry,    ///< ask again; when that was the last attempt, the reply is `unavailable`
  insist,   ///< ask again; when that was the last attempt, give up
  give_up,  ///< no other request would fare better: the message is an error's
};

struct Attempt {
  Next next = Next::take;
  TeacherReply reply;  ///< without cost and attempts
  bool paid = false;   ///< a chat completion, whatever is in it: what the cache keeps
  std::string answer;  ///< its body, when paid
};

/// What an attempt's answer means. `reached`: whether this server ever answered; a name that leads
/// to no host is then a passing trouble.
Attempt read_attempt(const HttpReply& http, bool reached);

}  // namespace tuneval
