#include "framework/synth/planner.h"

#include "framework/synth/request.h"
#include "synth_fixture.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>

#include <set>

namespace tuneval {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class PlannerTest : public SynthFixture {
 protected:
  void begin(const Pack& pack, SynthOptions options) {
    options_ = std::move(options);
    task_ = read_synth_task(registry, pack, options_.seed_rows);
    planner_ = std::make_unique<Planner>(task_, options_);
    balance_ = std::make_unique<Balance>(task_, planner_->wanted(), false, 1.25);
  }
  /// What the next iteration asks, in words.
  std::vector<std::string> next() {
    asks_ = planner_->next(*balance_);
    std::vector<std::string> texts;
    for (const Ask& ask : asks_) texts.push_back(asked_of(write_request(task_, options_, ask)));
    return texts;
  }
  /// The first `rows` rows of an ask were taken, of these kinds.
  void take(const Ask& ask, int64_t rows, const std::string& kind = "a") {
    for (int64_t i = 0; i < rows; ++i) {
      balance_->add({kind});
      planner_->take(ask, ask.inputs.empty() ? std::nullopt : std::optional(ask.inputs[size_t(i)]));
    }
  }

  SynthOptions options_;
  SynthTask task_;
  std::unique_ptr<Planner> planner_;
  std::unique_ptr<Balance> balance_;
  std::vector<Ask> asks_;
};

SynthOptions of_rows(int64_t examples) {
  SynthOptions options;
  options.examples = examples;
  return options;
}

TEST_F(PlannerTest, RequestsDependOnTheSeedAndTheirIndex) {
  begin(label_pack(), of_rows(80));
  const std::vector<std::string> first = next();
  EXPECT_THAT(first, SizeIs(20));
  begin(label_pack(), of_rows(80));
  EXPECT_EQ(next(), first);
  EXPECT_NE(first[0], first[1]);

  SynthOptions other = of_rows(80);
  other.seed = 124;
  begin(label_pack(), other);
  EXPECT_NE(next(), first);
  const TeacherRequest one = write_request(task_, options_, asks_[0]);
  const TeacherRequest two = write_request(task_, options_, asks_[1]);
  EXPECT_NE(one.seed, two.seed);
  EXPECT_NE(one.variant, two.variant);
  EXPECT_NE(request_id(one, "m"), request_id(two, "m"));
  EXPECT_NE(request_id(one, "m"), request_id(one, "n"));
  EXPECT_EQ(request_id(one, "m"), request_id(write_request(task_, options_, asks_[0]), "m"));
}

TEST_F(PlannerTest, ARequestShowsTheTaskAndRowsWithoutWhatIsNotTheirs) {
  begin(label_pack(), of_rows(400));
  bool of_a = false, of_b = false;
  for (const std::string& text : next()) {
    EXPECT_THAT(text, HasSubstr("Sort it."));
    EXPECT_THAT(text, HasSubstr("Write 4 new rows."));
    EXPECT_THAT(text, Not(HasSubstr("group")));
    EXPECT_THAT(text, Not(HasSubstr("notes")));
    if (text.find("The right answer of each of them is \"a\".") != std::string::npos) {
      of_a = true;
      EXPECT_THAT(text.substr(0, text.find("<others>")), Not(HasSubstr("\"label\":\"b\"")));
      EXPECT_THAT(text.substr(text.find("<others>")), Not(HasSubstr("\"label\":\"a\"")));
    } else {
      of_b = true;
    }
  }
  EXPECT_TRUE(of_a && of_b);
}

TEST_F(PlannerTest, KindsThatAreShortAreAskedFor) {
  begin(label_pack(), of_rows(256));
  next();
  ASSERT_THAT(asks_, SizeIs(32)) << "an iteration of 128 rows";
  for (const Ask& ask : asks_) take(ask, 4, "a");
  next();
  for (const Ask& ask : asks_) EXPECT_EQ(ask.kind, "b") << "half of 256 are there of the other";
}

TEST_F(PlannerTest, TheLastIterationIsAsLargeAsTheYieldAsks) {
  begin(label_pack(), of_rows(100));
  next();
  ASSERT_THAT(asks_, SizeIs(25));
  for (const Ask& ask : asks_) take(ask, 2);
  next();
  EXPECT_THAT(asks_, SizeIs(25)) << "50 are missing, and every second row is taken";
  for (size_t i = 0; i < 12; ++i) take(asks_[i], 4);
  next();
  EXPECT_THAT(asks_, SizeIs(2)) << "2 are missing, and 98 of 200 were taken";
  EXPECT_EQ(asks_.front().index, 50u);
  take(asks_.front(), 2);
  EXPECT_TRUE(planner_->full());
  EXPECT_TRUE(next().empty());
  EXPECT_EQ(planner_->ended(), "");
}

TEST_F(PlannerTest, ItEndsWhereNothingComes) {
  begin(label_pack(), of_rows(100));
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(next().empty());
  EXPECT_TRUE(next().empty());
  EXPECT_EQ(planner_->ended(), "3 iterations one after the other gave no row");

  SynthOptions few = of_rows(100);
  few.most_calls = 30;
  begin(label_pack(), few);
  EXPECT_THAT(next(), SizeIs(25));
  take(asks_.front(), 1);
  EXPECT_THAT(next(), SizeIs(5));
  take(asks_.front(), 1);
  EXPECT_TRUE(next().empty());
  EXPECT_EQ(planner_->ended(), "all 30 calls are used up (--max-calls)");
}

TEST_F(PlannerTest, MutatorsAndTopicsAreDrawnForEachRequest) {
  SynthOptions options = of_rows(400);
  options.mutators = {"length"};
  options.topics = {{"tea", "rice"}, {"Graz"}};
  begin(label_pack(), options);
  std::set<std::string> lengths, topics;
  for (const std::string& text : next()) {
    EXPECT_THAT(text, HasSubstr(" They are about: Graz."));
    EXPECT_THAT(text, Not(HasSubstr("names, numbers")));
  }
  for (const Ask& ask : asks_) {
    ASSERT_THAT(ask.mutators, SizeIs(1));
    lengths.insert(ask.mutators.front().second);
    topics.insert(ask.topics.front());
  }
  EXPECT_THAT(lengths, SizeIs(3));
  EXPECT_THAT(topics, SizeIs(2));
}

TEST_F(PlannerTest, InputsAreAskedAgainUntilTheyHaveTheirAnswer) {
  SynthOptions options;
  options.mode = SynthMode::label;
  options.per_call = 2;
  for (int i = 0; i < 5; ++i) options.inputs.push_back(fmt::format("{{\"input\": \"i{}\"}}", i));
  begin(label_pack(), options);
  EXPECT_EQ(planner_->wanted(), 5);
  const std::vector<std::string> texts = next();
  ASSERT_THAT(asks_, SizeIs(3));
  EXPECT_THAT(asks_[0].inputs, ElementsAre(0, 1));
  EXPECT_THAT(asks_[2].inputs, ElementsAre(4));
  EXPECT_THAT(texts[0], HasSubstr("{\"input\":\"i0\"}\n{\"input\":\"i1\"}"));
  EXPECT_THAT(texts[2], HasSubstr("array of 1 objects"));
  take(asks_[0], 2);
  EXPECT_FALSE(planner_->needs(asks_[0], 0));
  EXPECT_TRUE(planner_->needs(asks_[1], 2));
  next();
  ASSERT_THAT(asks_, SizeIs(2));
  EXPECT_THAT(asks_[0].inputs, ElementsAre(2, 3));
  EXPECT_EQ(asks_[0].index, 3u);
  next();
  EXPECT_TRUE(next().empty());
  EXPECT_EQ(planner_->ended(), "3 times asked, some inputs still lack rows");
}

TEST_F(PlannerTest, InputsThatAreDroppedAreNoStandstill) {
  SynthOptions options;
  options.mode = SynthMode::label;
  options.iteration = 1;
  for (int i = 0; i < 6; ++i) options.inputs.push_back(fmt::format("{{\"input\": \"i{}\"}}", i));
  begin(label_pack(), options);
  for (size_t i = 0; i < 5; ++i) {
    ASSERT_THAT(next(), SizeIs(1)) << planner_->ended();
    planner_->drop(i);
  }
  EXPECT_EQ(planner_->wanted(), 1);
  ASSERT_THAT(next(), SizeIs(1));
  take(asks_.front(), 1);
  EXPECT_TRUE(planner_->full());
}

TEST_F(PlannerTest, EveryPassageGetsItsRows) {
  SynthOptions options;
  options.mode = SynthMode::passages;
  options.passages = {"Ada sings.", "Bob runs."};
  options.per_passage = 5;
  begin(passage_pack(true), options);
  EXPECT_EQ(planner_->wanted(), 10);
  const std::vector<std::string> texts = next();
  ASSERT_THAT(asks_, SizeIs(4));
  EXPECT_EQ(asks_[0].rows, 4);
  EXPECT_EQ(asks_[1].rows, 1);
  EXPECT_EQ(asks_[1].passage, 0u);
  EXPECT_EQ(asks_[2].passage, 1u);
  EXPECT_THAT(texts[3], HasSubstr("<passage>\nBob runs.\n</passage>"));
  EXPECT_THAT(texts[3], HasSubstr("Leave out the key \"context\""));
  EXPECT_THAT(texts[3], HasSubstr("A question, and its answer."));
  for (const Ask& ask : asks_) take(ask, ask.passage == 0u ? ask.rows : 1);
  next();
  ASSERT_THAT(asks_, SizeIs(1));
  EXPECT_EQ(asks_[0].passage, 1u);
  EXPECT_EQ(asks_[0].rows, 3);
}

TEST_F(PlannerTest, OptionsAreChecked) {
  const auto refusal = [](auto change) {
    SynthOptions options;
    change(options);
    return message_of<ManifestError>([&] { check_synth_options(options); });
  };
  EXPECT_EQ(refusal([](auto& o) { o.examples = 0; }), "--examples is 0: expected 1 or more");
  EXPECT_EQ(refusal([](auto& o) { o.similarity = 1.5; }),
            "--similarity is 1.5: expected more than 0 and at most 1");
  EXPECT_EQ(refusal([](auto& o) { o.balance_slack = 0.5; }),
            "--balance-slack is 0.5: expected 1 or more");
  EXPECT_EQ(refusal([](auto& o) { o.mutators = {"lenght"}; }),
            "--mutators: \"lenght\" is not known: did you mean \"length\"?");
  EXPECT_EQ(refusal([](auto& o) { o.mode = SynthMode::label; }),
            "--mode label needs --inputs FILE with at least one row");
  EXPECT_EQ(refusal([](auto& o) { o.passages = {"x"}; }),
            "--passages is for --mode passages: the mode is rows");
  EXPECT_NO_THROW(check_synth_options({}));
}

}  // namespace
}  // namespace tuneval
