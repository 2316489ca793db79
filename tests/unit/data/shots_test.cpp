#include "framework/data/shots.h"

#include "label_type.h"
#include "pack_folder.h"

#include <gmock/gmock.h>

#include <fmt/format.h>

#include <set>

namespace tuneval {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Texts = std::vector<std::string>;

TaskOptions options_of(const std::string& json) {
  return {"d", Config::parse(json, "pack.toml: [options]", ConfigKind::data)};
}

/// "row 0", "row 1" …, with these answers.
std::vector<Example> train_of(const Texts& answers) {
  std::vector<Example> train;
  for (size_t i = 0; i < answers.size(); ++i) {
    Example example;
    example.messages = {{"system", "Sort.", ""}, {"user", fmt::format("row {}", i), ""}};
    example.target = answers[i];
    example.references = {answers[i]};
    train.push_back(std::move(example));
  }
  return train;
}

class ShotsTest : public testing::Test {
 protected:
  /// The shots of options beside the labels a, b and c.
  Shots chosen(const std::string& more) const {
    const TaskOptions options = options_of(R"({"labels": ["a", "b", "c"])" + more + "}");
    return choose_shots(options, LabelType(options), train);
  }
  std::string refusal(const std::string& more) const {
    return message_of([&] { chosen(more); });
  }
  /// Every second message: what was asked, or what was answered.
  static Texts every_second(const Shots& shots, size_t first) {
    Texts texts;
    for (size_t i = first; i < shots.messages.size(); i += 2) {
      EXPECT_EQ(shots.messages[i].role, first == 0 ? "user" : "assistant");
      texts.push_back(shots.messages[i].content);
    }
    return texts;
  }
  static Texts asked(const Shots& shots) { return every_second(shots, 0); }
  static Texts answered(const Shots& shots) { return every_second(shots, 1); }

  std::vector<Example> train = train_of({"a", "a", "b", "a", "c", "a"});
};

TEST_F(ShotsTest, ThereAreNoneUnlessAskedFor) {
  for (const char* more : {"", R"(, "shots": 0, "shots_each_answer": true)"}) {
    const Shots shots = chosen(more);
    EXPECT_EQ(shots.count, 0);
    EXPECT_THAT(shots.messages, IsEmpty());
  }
}

// The draw itself is pinned: records of one pack and seed compare, whatever program made them.
TEST_F(ShotsTest, TheSeedDecidesTheDraw) {
  const Shots shots = chosen(R"(, "shots": 4)");
  EXPECT_EQ(shots.count, 4);
  EXPECT_THAT(asked(shots), ElementsAre("row 4", "row 2", "row 5", "row 1"));
  EXPECT_THAT(answered(shots), ElementsAre("c", "b", "a", "a"));
  EXPECT_EQ(asked(chosen(R"(, "shots": 4, "shots_seed": 123)")), asked(shots));
  EXPECT_THAT(asked(chosen(R"(, "shots": 4, "shots_seed": 7)")),
              ElementsAre("row 5", "row 4", "row 3", "row 1"));
  EXPECT_THAT(asked(chosen(R"(, "shots": 2)")), ElementsAre("row 4", "row 2"));
}

TEST_F(ShotsTest, NoExampleIsDrawnTwiceAndEachCanBe) {
  std::set<std::string> first;
  for (int seed = 0; seed < 60; ++seed) {
    const Texts all = asked(chosen(fmt::format(R"(, "shots": 6, "shots_seed": {})", seed)));
    EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 6u);
    first.insert(all.front());
  }
  EXPECT_EQ(first.size(), 6u);
}

TEST_F(ShotsTest, EachAnswerHasOneWhereThatIsAskedFor) {
  bool lacking = false;
  for (int seed = 0; seed < 20; ++seed) {
    const auto seen = [&](const char* form) {
      const Texts answers = answered(chosen(fmt::format(fmt::runtime(form), seed)));
      return std::set<std::string>(answers.begin(), answers.end()).size();
    };
    EXPECT_EQ(seen(R"(, "shots": 3, "shots_each_answer": true, "shots_seed": {})"), 3u);
    EXPECT_EQ(seen(R"(, "shots": 5, "shots_each_answer": true, "shots_seed": {})"), 3u);
    lacking |= seen(R"(, "shots": 3, "shots_seed": {})") < 3;
  }
  EXPECT_TRUE(lacking) << "the draw alone gives each answer one";
}

TEST_F(ShotsTest, AnAnswerWithoutATrainingExampleIsNamed) {
  train = train_of({"a", "a", "b"});
  EXPECT_EQ(refusal(R"(, "shots": 3, "shots_each_answer": true)"),
            "pack.toml: [options]: \"shots_each_answer\" is true: no training example has the "
            "answer \"c\"");
  train = train_of({"a", "a", "a"});
  EXPECT_EQ(refusal(R"(, "shots": 3, "shots_each_answer": true)"),
            "pack.toml: [options]: \"shots_each_answer\" is true: no training example has the "
            "answer \"b\" or \"c\"");
  EXPECT_EQ(chosen(R"(, "shots": 3)").count, 3);
}

TEST_F(ShotsTest, BadOptionsAreRefused) {
  const std::string where = "pack.toml: [options]: ";
  EXPECT_EQ(refusal(R"(, "shots": -1)"), where + "\"shots\" is below 0");
  EXPECT_EQ(refusal(R"(, "shots": 1, "shots_seed": -1)"), where + "\"shots_seed\" is below 0");
  EXPECT_EQ(refusal(R"(, "shots": 7)"), where + "\"shots\" is 7: there are 6 training examples");
  EXPECT_EQ(refusal(R"(, "shots": 2, "shots_each_answer": true)"),
            where + "\"shots\" is 2: 3 answers need one each");
  EXPECT_EQ(refusal(R"(, "shots": "two")"), where + "\"shots\" is \"two\": expected an integer");
  const TaskOptions open = options_of(R"({"labels": [], "shots": 1, "shots_each_answer": true})");
  EXPECT_EQ(message_of([&] { choose_shots(open, LabelType(open), train); }),
            where + "\"shots_each_answer\" is true: the task has no list of answers");
}

TEST_F(ShotsTest, SoManyAreDrawnAndOneOfEachAnswerThatThereIs) {
  const Texts answers = {"a", "b", "c", "d"};
  const Shots few = draw_shots(train, answers, 1);
  EXPECT_EQ(few.count, 3);  // nobody answers d
  EXPECT_THAT(answered(few), testing::UnorderedElementsAre("a", "b", "c"));
  EXPECT_EQ(asked(few), asked(chosen(R"(, "shots": 3, "shots_each_answer": true)")));
  EXPECT_EQ(draw_shots(train, answers, 5).count, 5);
  EXPECT_EQ(draw_shots(train, answers, 50).count, 6);
  EXPECT_EQ(asked(draw_shots(train, {}, 4)), asked(chosen(R"(, "shots": 4)")));
  EXPECT_NE(asked(draw_shots(train, {}, 4, 7)), asked(draw_shots(train, {}, 4)));
  EXPECT_EQ(draw_shots(train, answers, 0).count, 0);
}

TEST_F(ShotsTest, CallsAreTurnsOfTheConversation) {
  train = train_of({R"([{"name":"look","arguments":{"x":1}}])"});
  train[0].calls = true;
  const Shots shots = chosen(R"(, "shots": 1)");
  ASSERT_EQ(shots.messages.size(), 2u);
  EXPECT_EQ(shots.messages[1].content, "");
  EXPECT_EQ(shots.messages[1].tool_calls,
            R"([{"type":"function","function":{"name":"look","arguments":{"x":1}}}])");
}

TEST_F(ShotsTest, TheyStandBetweenTheSystemTurnAndTheRest) {
  const auto contents = [](const Example& example) {
    Texts texts;
    for (const Message& message : example.messages) texts.push_back(message.content);
    return texts;
  };
  const Shots shots = chosen(R"(, "shots": 1)");
  Example example = train_of({"b"})[0];
  EXPECT_THAT(contents(with_shots(example, shots)), ElementsAre("Sort.", "row 4", "c", "row 0"));
  example.messages.erase(example.messages.begin());
  EXPECT_THAT(contents(with_shots(example, shots)), ElementsAre("row 4", "c", "row 0"));
  EXPECT_EQ(with_shots(example, shots).target, "b");
  EXPECT_THAT(contents(with_shots(example, Shots{})), ElementsAre("row 0"));
}

TEST_F(ShotsTest, TheTaskTypeDoesNotSeeTheirOptions) {
  const TaskOptions options =
      options_of(R"({"shots": 1, "labels": ["a"], "shots_seed": 2, "shots_each_answer": true})");
  const TaskOptions rest = without_shots(options);
  EXPECT_THAT(rest.options.keys(), ElementsAre("labels"));
  EXPECT_EQ(rest.options.where(), "pack.toml: [options]");
  EXPECT_EQ(rest.description, "d");
}

}  // namespace
}  // namespace tuneval
