#include "framework/synth/synth.h"

#include "framework/data/check.h"
#include "framework/data/rows.h"
#include "synth_fixture.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>

#include <map>

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;

constexpr const char* kFiles[] = {"pack.toml",        "train.jsonl",    "test.jsonl", "seed.jsonl",
                                  "provenance.jsonl", "rejected.jsonl", "synth.json", "synth.md"};

class SynthTest : public SynthFixture {
 protected:
  void expect_same(const std::string& one, const std::string& other) const {
    for (const char* file : kFiles)
      EXPECT_EQ(text_of(one + "/" + file), text_of(other + "/" + file));
  }
};

SynthOptions of_rows(int64_t examples) {
  SynthOptions options;
  options.examples = examples;
  options.iteration = 16;
  return options;
}

TEST_F(SynthTest, AcceptedRowsMakeAPack) {
  const Pack pack = label_pack();
  ToyTeacher toy{.answer = label_rows};
  const SynthReport report = make(pack, toy, of_rows(60));
  EXPECT_TRUE(report.complete) << report.stopped;
  EXPECT_EQ(report.accepted, 60);
  EXPECT_EQ(report.calls, toy.asked);
  EXPECT_EQ(report.prompt_tokens, 100 * toy.asked);
  EXPECT_DOUBLE_EQ(report.cost, double(toy.asked) * (100 * 1.0 + 50 * 2.0) / 1e6);
  EXPECT_EQ(report.kinds.at("a").seed, 2);
  EXPECT_EQ(report.kinds.at("a").accepted + report.kinds.at("b").accepted, 60);
  EXPECT_NEAR(double(report.kinds.at("a").accepted), 30.0, 8.5) << "at most 1.25 times the share";
  EXPECT_EQ(report.diversity.sampled, 60);
  EXPECT_GT(report.diversity.distinct[2], report.diversity.distinct[0]);

  const Pack made = read_pack(folder / "made");
  EXPECT_EQ(made.name, "toys");
  EXPECT_EQ(made.licence, "CC0-1.0");
  EXPECT_EQ(made.origin, "me; training rows written by toy from the rows in seed.jsonl");
  EXPECT_EQ(made.options.options.json(), pack.options.options.json());
  EXPECT_EQ(made.seed, folder / "made/seed.jsonl");
  EXPECT_EQ(text_of("made/seed.jsonl"), text_of("pack/train.jsonl"));
  EXPECT_EQ(text_of("made/test.jsonl"), text_of("pack/test.jsonl"));
  EXPECT_EQ(read_rows(made.train).size(), 60u);
  for (const Finding& finding : check_pack(folder / "made", registry).findings) {
    EXPECT_EQ(finding.severity, Severity::warning) << finding.text();
  }

  const std::vector<Json> provenance = lines_of("made/provenance.jsonl");
  ASSERT_EQ(provenance.size(), 60u);
  const Json& first = provenance.front();
  EXPECT_EQ(first["row"], 1);
  EXPECT_EQ(first["teacher"], "toy");
  EXPECT_EQ(first["request"], 1);
  EXPECT_EQ(first["id"].get<std::string>().size(), 64u);
  EXPECT_EQ(first["seed_rows"].size(), 4u);
  EXPECT_THAT(first["seed_rows"][0].get<std::string>(), HasSubstr("train.jsonl:"));
  EXPECT_EQ(first["mutators"].size(), 3u);
  EXPECT_EQ(first["validators"], Json::array({"length", "format", "doubts", "test-leak",
                                              "duplicate", "similar", "balance", "surplus"}));
}

TEST_F(SynthTest, TheOrderOfRepliesChangesNothing) {
  const Pack pack = label_pack();
  ToyTeacher forwards{.answer = label_rows}, backwards{.answer = label_rows, .backwards = true};
  make(pack, forwards, of_rows(50), "one");
  make(pack, backwards, of_rows(50), "two");
  expect_same("one", "two");
}

TEST_F(SynthTest, WhatIsRejectedIsKeptWithItsReason) {
  const Pack pack = label_pack();
  ToyTeacher toy;
  toy.answer = [&](const TeacherRequest& request) -> std::string {
    if (toy.asked % 3 == 0) return "I would rather not.";
    Json rows = Json::parse(label_rows(request));
    rows[0]["label"] = "c";
    rows[1]["input"] = "Sort: two dogs bark";
    return rows.dump();
  };
  const SynthReport report = make(pack, toy, of_rows(20));
  EXPECT_EQ(report.accepted, 20);
  std::map<std::string, int64_t> reasons;
  for (const Json& line : lines_of("made/rejected.jsonl")) {
    const auto reason = line["reason"].get<std::string>();
    ++reasons[reason];
    EXPECT_FALSE(line["message"].get<std::string>().empty());
    EXPECT_TRUE(line.contains(reason == "reply" ? "text" : "row")) << line.dump();
    EXPECT_EQ(line["id"].get<std::string>().size(), 64u);
  }
  EXPECT_EQ(reasons, report.rejected);
  EXPECT_GT(reasons["format"], 0);
  EXPECT_GT(reasons["test-leak"], 0);
  EXPECT_GT(reasons["reply"], 0);
  EXPECT_EQ(report.offered, report.accepted + reasons["format"] + reasons["test-leak"] +
                                reasons["balance"] + reasons["surplus"] + reasons["similar"] +
                                reasons["duplicate"]);
}

TEST_F(SynthTest, WhereTheMoneyEndsThereIsAPartThatIsGoneOnWith) {
  const Pack pack = label_pack();
  ToyTeacher rich{.answer = label_rows};
  make(pack, rich, of_rows(60), "whole");

  ToyTeacher poor{.answer = label_rows, .affordable = 6};
  const SynthReport part = make(pack, poor, of_rows(60));
  EXPECT_FALSE(part.complete);
  EXPECT_TRUE(part.resumable);
  EXPECT_EQ(part.stopped, "the spending limit is reached");
  EXPECT_EQ(part.calls, 6);
  EXPECT_GT(part.accepted, 0);
  const Json state = Json::parse(text_of("made/synth.json"));
  EXPECT_EQ(state["complete"], false);
  EXPECT_EQ(int64_t(read_rows(folder / "made/train.jsonl").size()), part.accepted);
  EXPECT_THAT(text_of("made/synth.md"), HasSubstr("**Partial:**"));

  poor.affordable = 1000;
  EXPECT_TRUE(make(pack, poor, of_rows(60)).complete);
  expect_same("made", "whole");
}

TEST_F(SynthTest, AFolderThatIsCompleteIsLeftAsItIs) {
  const Pack pack = label_pack();
  ToyTeacher toy{.answer = label_rows};
  make(pack, toy, of_rows(20));
  const std::string before = text_of("made/train.jsonl");
  const int64_t asked = toy.asked;
  const SynthReport again = make(pack, toy, of_rows(20));
  EXPECT_TRUE(again.complete);
  EXPECT_EQ(again.accepted, 20);
  EXPECT_EQ(again.calls, asked);
  EXPECT_EQ(toy.asked, asked);
  EXPECT_EQ(text_of("made/train.jsonl"), before);
}

TEST_F(SynthTest, AFolderThatHoldsSomethingElseIsRefused) {
  const Pack pack = label_pack();
  ToyTeacher toy{.answer = label_rows};
  make(pack, toy, of_rows(20));
  const auto refusal = [&](const Pack& of, const SynthOptions& options, const std::string& to) {
    return message_of<ManifestError>([&] { make(of, toy, options, to); });
  };
  SynthOptions other = of_rows(20);
  other.seed = 1;
  const std::string otherwise =
      at("@/made: holds rows that were made of another pack or seed, by another teacher or with "
         "other options: expected a new or empty folder, or the same as before to go on");
  EXPECT_EQ(refusal(pack, other, "made"), otherwise);
  write("pack/test.jsonl", "{\"input\": \"other\", \"label\": \"a\"}\n");
  EXPECT_EQ(refusal(pack, of_rows(20), "made/"), otherwise);
  write("mine/file", "x");
  EXPECT_EQ(refusal(pack, of_rows(20), "mine"),
            at("@/mine: is not empty: expected a new or empty folder"));
}

/// A kill leaves a folder that was begun, and perhaps a file that was being written.
TEST_F(SynthTest, AFolderThatWasBegunIsGoneOnWith) {
  const Pack pack = label_pack();
  ToyTeacher toy{.answer = label_rows};
  make(pack, toy, of_rows(20), "whole");
  ToyTeacher broken;
  broken.answer = [](const TeacherRequest&) -> std::string { throw TeacherError("it is gone"); };
  EXPECT_EQ(message_of<TeacherError>([&] { make(pack, broken, of_rows(20)); }), "it is gone");
  const Json state = Json::parse(text_of("made/synth.json"));
  EXPECT_EQ(state["complete"], false);
  EXPECT_FALSE(std::filesystem::exists(folder / "made/pack.toml")) << "it is no pack yet";
  write("made/.train.jsonl.7.0.tmp", "half a");
  make(pack, toy, of_rows(20));
  expect_same("made", "whole");
  EXPECT_FALSE(std::filesystem::exists(folder / "made/.train.jsonl.7.0.tmp"));
}

TEST_F(SynthTest, ATeacherThatGivesNothingIsNotAskedForever) {
  const Pack pack = label_pack();
  ToyTeacher toy{.answer = [](const TeacherRequest&) { return std::string("No."); }};
  const SynthReport report = make(pack, toy, of_rows(100));
  EXPECT_FALSE(report.complete);
  EXPECT_FALSE(report.resumable);
  EXPECT_EQ(report.stopped, "3 iterations one after the other gave no row");
  EXPECT_EQ(toy.asked, 12);
  EXPECT_EQ(report.rejected.at("reply"), 12);
  EXPECT_EQ(text_of("made/train.jsonl"), "");
}

TEST_F(SynthTest, TheFirstSeedRowsOrThePacksSeedAreTheSeed) {
  label_pack();
  write("pack/first.jsonl",
        "{\"input\": \"Sort: it is mine\", \"label\": \"a\"}\n{\"input\": \"Sort: it is yours\", "
        "\"label\": \"b\"}\n");
  const std::string toml = text_of("pack/pack.toml");
  write("pack/pack.toml", toml + "[files]\nseed = \"first.jsonl\"\n");
  ToyTeacher toy{.answer = label_rows};
  EXPECT_EQ(make(read_pack(folder / "pack"), toy, of_rows(8), "one").seed_rows, 2);
  EXPECT_EQ(text_of("one/seed.jsonl"), text_of("pack/first.jsonl"));

  write("pack/pack.toml", toml);
  SynthOptions three = of_rows(8);
  three.seed_rows = 3;
  EXPECT_EQ(make(read_pack(folder / "pack"), toy, three, "two").seed_rows, 3);
  EXPECT_EQ(lines_of("two/seed.jsonl").size(), 3u);
  EXPECT_EQ(lines_of("two/seed.jsonl").back()["group"], "g");
}

}  // namespace
}  // namespace tuneval
