#include "framework/baseline/baseline.h"

#include "tests/unit/baseline/answers.h"

namespace tuneval {
namespace {

using test::answered;
using test::AnswerType;

TEST(MajorityTest, IsTheMostFrequentClass) {
  EXPECT_EQ(majority_answer(AnswerType({"a", "b", "c"}),
                            {answered("q", "c"), answered("q", "b"), answered("q", "b")}),
            "b");
}

TEST(MajorityTest, OfSeveralAlikeTheFirstToOccurCounts) {
  EXPECT_EQ(majority_answer(AnswerType({"a", "b"}), {answered("q", "b"), answered("q", "a")}), "b");
}

// What is given is a target, which the task type parses; what is counted is the reference.
TEST(MajorityTest, AClassMayBeWrittenInSeveralWays) {
  const std::vector<Example> train = {answered("q", "Class: a", "a"), answered("q", "b", "b"),
                                      answered("q", "b.", "b")};
  EXPECT_EQ(majority_answer(AnswerType({"a", "b"}), train), "b");
  EXPECT_EQ(majority_answer(AnswerType({"a", "b"}), {train[0], train[0], train[1]}), "Class: a");
}

TEST(MajorityTest, WithoutClassesTheTargetIsCounted) {
  const std::vector<Example> train = {answered("q", "one", "x"), answered("q", "two", "x"),
                                      answered("q", "two", "y")};
  EXPECT_EQ(majority_answer(AnswerType({}), train), "two");
}

}  // namespace
}  // namespace tuneval
