#include "framework/synth/sources.h"

#include "synth_fixture.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>

namespace tuneval {
namespace {

using testing::ElementsAre;

class SourcesTest : public PackFolder {};

TEST_F(SourcesTest, PassagesOfADataFileAreItsContexts) {
  EXPECT_THAT(read_passages(write("p.jsonl", "{\"context\": \"One.\"}\n{\"context\": \"Two.\"}\n")),
              ElementsAre("One.", "Two."));
  EXPECT_EQ(message_of([&] { read_passages(write("q.jsonl", "{\"context\": \" \"}\n")); }),
            at("@/q.jsonl:1: \"context\" is empty"));
  EXPECT_EQ(message_of([&] { read_passages(write("r.jsonl", "")); }),
            at("@/r.jsonl: holds no passages"));
}

TEST_F(SourcesTest, PassagesOfATextStandBetweenBlankLines) {
  EXPECT_THAT(read_passages(write("p.txt", "One\r\nline.\r\n\r\n\r\n\r\nTwo.\n\n\n")),
              ElementsAre("One\nline.", "Two."));
  EXPECT_EQ(message_of([&] { read_passages(write("q.txt", "ab\xff")); }),
            at("@/q.txt: byte 3 is not valid UTF-8"));
}

TEST_F(SourcesTest, InputsAreRows) {
  EXPECT_THAT(read_inputs(write("i.csv", "input,n\nOne,1\n")),
              ElementsAre(R"({"input":"One","n":"1"})"));
  EXPECT_EQ(message_of([&] { read_inputs(write("j.csv", "input\n")); }),
            at("@/j.csv: holds no rows"));
}

TEST_F(SourcesTest, TopicsAreLinesOfAFileOrAList) {
  EXPECT_THAT(read_topics(write("t.txt", "tea, hot\n\n rice \n").string()),
              ElementsAre("tea, hot", "rice"));
  EXPECT_THAT(read_topics("tea, rice"), ElementsAre("tea", "rice"));
  EXPECT_EQ(message_of<ManifestError>([&] { read_topics(" , "); }),
            "--topics  , : holds no topics");
}

}  // namespace
}  // namespace tuneval
