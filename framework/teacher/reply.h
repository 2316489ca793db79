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
  TeacherReply reply;   ///< without cost and attempts
  bool paid = false;    ///< a chat completion, whatever is in it: what the cache keeps
  bool billed = false;  ///< status 200 and no error, even where it cannot be read: it may cost
  std::string answer;   ///< its body, when paid
};

/// What this server did so far.
struct ServerPast {
  bool reached = false;  ///< it answered: a name that leads to no host is then a passing trouble
  bool served = false;   ///< with status 2xx: a 403 is then about one request, not about the key
};

/// What an attempt's answer means.
Attempt read_attempt(const HttpReply& http, const ServerPast& past);

}  // namespace tuneval
