#include "framework/synth/synth.h"

#include "synth_fixture.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>

#include <map>

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;

class SynthModesTest : public SynthFixture {};

TEST_F(SynthModesTest, LabelModeAnswersEveryInputOnce) {
  const Pack pack = label_pack();
  SynthOptions options;
  options.mode = SynthMode::label;
  for (int i = 0; i < 6; ++i) {
    options.inputs.push_back(fmt::format("{{\"input\": \"Sort: p{0} q{0} r{0}\", \"n\": {0}}}", i));
  }
  options.inputs.push_back(R"({"input": "Sort: two dogs bark"})");  // of the test split
  ToyTeacher toy;
  toy.answer = [&](const TeacherRequest& request) {
    const std::string& text = asked_of(request);
    const size_t begin = text.find("<incomplete>\n") + 13;
    Json row = Json::parse(text.substr(begin, text.find('\n', begin) - begin));
    row["label"] = "b";
    if (toy.asked == 3) row["n"] = 100;  // tampered with, and asked again
    return Json::array({row}).dump();
  };
  const SynthReport report = make(pack, toy, options);
  EXPECT_TRUE(report.complete);
  EXPECT_EQ(report.wanted, 6);
  EXPECT_EQ(toy.asked, 8);
  EXPECT_EQ(report.rejected, (std::map<std::string, int64_t>{{"input-kept", 1}, {"test-leak", 1}}));
  const std::vector<Json> rows = lines_of("made/train.jsonl");
  EXPECT_EQ(rows.front().dump(), R"({"input":"Sort: p0 q0 r0","n":0,"label":"b"})");
  EXPECT_EQ(rows.back()["n"], 2) << "the one that was asked again";
  EXPECT_EQ(lines_of("made/provenance.jsonl").back()["input"], 3);
}

TEST_F(SynthModesTest, PlainInputsAreAskedAsAStudentIs) {
  const Pack pack = label_pack();
  SynthOptions options;
  options.mode = SynthMode::label;
  options.plain = true;
  for (int i = 0; i < 5; ++i) {
    options.inputs.push_back(
        fmt::format("{{\"input\": \"Sort: p{0} q{0} r{0}\", \"group\": \"g\"}}", i));
  }
  ToyTeacher toy;
  toy.answer = [&](const TeacherRequest& request) {
    EXPECT_EQ(request.messages.size(), 1u);
    EXPECT_TRUE(asked_of(request).starts_with("Sort: p")) << asked_of(request);
    return std::string(toy.asked == 2 ? "c" : "b");  // no label, and asked again
  };
  const SynthReport report = make(pack, toy, options);
  EXPECT_TRUE(report.complete);
  EXPECT_EQ(toy.asked, 6);
  const std::vector<Json> rows = lines_of("made/train.jsonl");
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(rows.front().dump(), R"({"input":"Sort: p0 q0 r0","label":"b","group":"g"})");
  EXPECT_EQ(lines_of("made/provenance.jsonl").front()["seed_rows"], Json::array());

  options.per_call = 2;
  EXPECT_EQ(message_of<ManifestError>([&] { make(pack, toy, options, "two"); }),
            "--plain is for --mode label, with one row a call");
  options.per_call = 1;
  options.inputs = {R"({"inputs": "Sort: p"})"};
  EXPECT_EQ(message_of([&] { make(pack, toy, options, "three"); }),
            "--inputs, row 1: \"input\" is missing");
}

TEST_F(SynthModesTest, AnEmptyAnswerOfAnInputIsNone) {
  const Pack pack = label_pack();
  SynthOptions options;
  options.mode = SynthMode::label;
  options.inputs = {R"({"input": "Sort: p q r", "label": "", "n": ""})",
                    R"({"input": "Sort: s t u", "label": null})"};
  ToyTeacher toy;
  toy.answer = [](const TeacherRequest& request) {
    const std::string& text = asked_of(request);
    const size_t begin = text.find("<incomplete>\n") + 13;
    Json row = Json::parse(text.substr(begin, text.find('\n', begin) - begin));
    EXPECT_FALSE(row.contains("label"));
    row["label"] = "b";
    return Json::array({row}).dump();
  };
  EXPECT_TRUE(make(pack, toy, options).complete);
  EXPECT_EQ(lines_of("made/train.jsonl").front().dump(),
            R"({"input":"Sort: p q r","n":"","label":"b"})");
  EXPECT_EQ(toy.asked, 2);
}

TEST_F(SynthModesTest, CallsAreAPlainAnswerToo) {
  const Pack pack = label_pack();
  SynthOptions options;
  options.mode = SynthMode::label;
  options.inputs = {R"({"input": "Sort: p q r"})"};
  ToyTeacher toy{.answer = [](const TeacherRequest&) { return std::string("b"); }, .calls = true};
  EXPECT_FALSE(make(pack, toy, options, "rows").complete) << "calls are no rows";
  options.plain = true;
  EXPECT_TRUE(make(pack, toy, options, "plain").complete);
  EXPECT_EQ(lines_of("plain/train.jsonl").front()["label"], "b");
}

TEST_F(SynthModesTest, PassagesArePutIntoTheirRows) {
  const Pack pack = passage_pack(false);
  SynthOptions options;
  options.mode = SynthMode::passages;
  options.passages = {"Ada sings.", "Bob runs."};
  options.per_passage = 6;
  ToyTeacher toy;
  toy.answer = [&](const TeacherRequest& request) {
    const bool of_ada = asked_of(request).find("<passage>\nAda") != std::string::npos;
    Json rows = Json::array();
    for (uint64_t i = 0; i < 4; ++i) {
      rows.push_back({{"question", "What of" + words_of(request, i)},
                      {"answer", of_ada ? "Ada" : "Bob"},
                      {"context", "Somebody sleeps."}});
    }
    return rows.dump();
  };
  const SynthReport report = make(pack, toy, options);
  EXPECT_TRUE(report.complete);
  std::map<std::string, int> of_passage;
  for (const Json& row : lines_of("made/train.jsonl")) {
    ++of_passage[row["context"].get<std::string>()];
    EXPECT_EQ(row["group"], row["context"] == "Ada sings." ? "passage 1" : "passage 2");
    EXPECT_EQ(row["answer"], row["context"] == "Ada sings." ? "Ada" : "Bob");
  }
  EXPECT_EQ(of_passage, (std::map<std::string, int>{{"Ada sings.", 6}, {"Bob runs.", 6}}));
}

}  // namespace
}  // namespace tuneval
