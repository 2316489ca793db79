#pragma once

#include "framework/manifest/teacher_options.h"
#include "framework/score/judge.h"
#include "framework/teacher/teacher.h"

#include <cstdint>
#include <functional>

namespace tuneval {

/// A judge behind a server, which outlives it. Each repeat of a question is a request of its own,
/// cached by itself: judging the same answers again asks nothing.
///
/// A question that gets no answer has none, with the reason; so has, after a fault of the server or
/// at the spending limit, everything that was not asked: what was computed at length is not lost to
/// that, and `tuneval rescore` asks for the rest. An answer that was cut off at the token limit
/// counts as none, since its end is the verdict.
///
/// `pulse`, where given, is called at each answer, by the thread that asks: a test set may take a
/// judge hours. What it throws ends asking.
Judge make_judge(Teacher& server, int64_t repeats, std::function<void()> pulse = {});

}  // namespace tuneval
