// Runs that ended in the middle and go on: the same files as without the interruption.
#include "framework/synth/synth.h"

#include "synth_fixture.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;

class GoingOnTest : public SynthFixture {
 protected:
  void expect_same(const std::string& one, const std::string& other) const {
    for (const char* file : {"pack.toml", "train.jsonl", "provenance.jsonl", "rejected.jsonl",
                             "synth.json", "synth.md"}) {
      EXPECT_EQ(text_of(one + "/" + file), text_of(other + "/" + file)) << file;
    }
  }
  bool exists(const std::string& file) const { return std::filesystem::exists(folder / file); }
};

SynthOptions of_rows(int64_t examples) {
  SynthOptions options;
  options.examples = examples;
  options.iteration = 16;
  return options;
}

/// Twice as many rows as are asked for.
std::string eight_rows(const TeacherRequest& request) {
  Json rows = Json::parse(label_rows(request));
  for (uint64_t i = 4; i < 8; ++i) {
    Json row = rows[0];
    row["input"] = "Sort:" + words_of(request, i);
    rows.push_back(row);
  }
  return rows.dump();
}

/// Something becomes of the so-many-th request, and of no other.
auto only(int64_t number, TeacherOutcome outcome) {
  return [=](int64_t came) { return came == number ? std::optional(outcome) : std::nullopt; };
}

TEST_F(GoingOnTest, ARequestThatWasNotPaidForIsNoGapThatLaterRepliesFill) {
  const Pack pack = label_pack();
  SynthOptions options = of_rows(16);
  options.balance_slack = 10;
  ToyTeacher rich{.answer = eight_rows};
  EXPECT_TRUE(make(pack, rich, options, "whole").complete);
  ASSERT_EQ(rich.asked, 4) << "of which two would do";

  ToyTeacher poor{.answer = eight_rows, .mishap = only(1, TeacherOutcome::unpaid)};
  const SynthReport part = make(pack, poor, options);
  EXPECT_FALSE(part.complete);
  EXPECT_TRUE(part.resumable);
  EXPECT_EQ(part.stopped, "the spending limit is reached");
  EXPECT_EQ(part.accepted, 8) << "of the first request alone";
  EXPECT_TRUE(make(pack, rich, options).complete);
  expect_same("made", "whole");
}

TEST_F(GoingOnTest, AReplyThatWasLostStaysLost) {
  const Pack pack = label_pack();
  for (const TeacherOutcome lost :
       {TeacherOutcome::unavailable, TeacherOutcome::malformed, TeacherOutcome::refused}) {
    const std::string name = to_string(lost);
    ToyTeacher unlucky{.answer = label_rows, .mishap = only(1, lost)};
    EXPECT_TRUE(make(pack, unlucky, of_rows(60), name).complete);

    ToyTeacher poor{.answer = label_rows, .affordable = 6, .mishap = only(1, lost)};
    EXPECT_TRUE(make(pack, poor, of_rows(60), name + " in parts").resumable);
    ToyTeacher rich{.answer = label_rows};  // would have an answer now
    EXPECT_TRUE(make(pack, rich, of_rows(60), name + " in parts").complete);
    expect_same(name + " in parts", name);
    EXPECT_EQ(rich.asked, unlucky.asked);
  }
}

TEST_F(GoingOnTest, WhereItEndedByItselfWhatWasLostIsAskedAgain) {
  const Pack pack = label_pack();
  ToyTeacher gone;
  gone.mishap = [](int64_t) { return std::optional(TeacherOutcome::unavailable); };
  const SynthReport report = make(pack, gone, of_rows(20));
  EXPECT_EQ(report.stopped, "3 iterations one after the other gave no row");
  EXPECT_EQ(report.replies.at("unavailable"), gone.came);
  ToyTeacher back{.answer = label_rows};
  EXPECT_TRUE(make(pack, back, of_rows(20)).complete);
}

TEST_F(GoingOnTest, ADamagedListOfLostRepliesIsNotPassedOver) {
  const Pack pack = label_pack();
  ToyTeacher poor{.answer = label_rows, .affordable = 2};
  make(pack, poor, of_rows(20));
  write("made/lost.json", R"({"replies": [{"id": "x", "outcome": "eaten"}]})");
  EXPECT_THAT(message_of<RecordError>([&] { make(pack, poor, of_rows(20)); }),
              HasSubstr("lost.json"));
}

TEST_F(GoingOnTest, NoSecondProcessFillsAFolderAtTheSameTime) {
  const Pack pack = label_pack();
  ToyTeacher second{.answer = label_rows};
  ToyTeacher first;
  std::string refusal;
  first.answer = [&](const TeacherRequest& request) {
    if (refusal.empty()) {
      refusal = message_of<ManifestError>([&] { make(pack, second, of_rows(20)); });
    }
    return label_rows(request);
  };
  EXPECT_TRUE(make(pack, first, of_rows(20)).complete);
  EXPECT_EQ(refusal, at("@/made: another process is making rows in it: expected one at a time, or "
                        "another folder"));
  EXPECT_EQ(second.came, 0);
  EXPECT_TRUE(make(pack, second, of_rows(20)).complete) << "it is done, and nobody's any more";
}

TEST_F(GoingOnTest, AFolderMayHaveBeenLeftBeforeItsFirstFileWasWhole) {
  const Pack pack = label_pack();
  write("made/.lock", "");
  write("made/.synth.json.7.0.tmp", "{\"comp");
  ToyTeacher toy{.answer = label_rows};
  EXPECT_TRUE(make(pack, toy, of_rows(20)).complete);
  EXPECT_FALSE(exists("made/.synth.json.7.0.tmp"));
}

TEST_F(GoingOnTest, WhereNoInputIsLeftThatIsSaid) {
  const Pack pack = label_pack();
  SynthOptions options;
  options.mode = SynthMode::label;
  options.inputs = {R"({"input": "Sort: two dogs bark"})"};  // of the test split
  ToyTeacher toy;
  toy.answer = [](const TeacherRequest&) {
    return std::string(R"([{"input": "Sort: two dogs bark", "label": "b"}])");
  };
  const SynthReport report = make(pack, toy, options);
  EXPECT_FALSE(report.complete);
  EXPECT_FALSE(report.resumable);
  EXPECT_EQ(report.stopped, "every input was rejected for what it asks");
}

}  // namespace
}  // namespace tuneval
