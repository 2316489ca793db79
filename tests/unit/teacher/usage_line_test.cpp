#include "framework/teacher/usage_line.h"

#include <gtest/gtest.h>

namespace tuneval {
namespace {

TEST(UsageLine, SaysWhatWasAskedAndWhatItCost) {
  TeacherUsage usage;
  usage.asked = 12;
  usage.cached = 3;
  usage.retried = 1;
  usage.prompt_tokens = 4000;
  usage.answer_tokens = 900;
  usage.cost = 0.0375;
  EXPECT_EQ(to_line(usage),
            "asked now: 12, from the cache: 3, retried: 1, tokens: 4000 of prompts, 900 of "
            "answers, paid now: 0.0375");
}

}  // namespace
}  // namespace tuneval
