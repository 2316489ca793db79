#include "framework/report/example_blocks.h"

#include "framework/report/confusion.h"
#include "framework/report/html_report.h"
#include "framework/report/packed.h"
#include "framework/report/page.h"
#include "framework/report/prompt_frame.h"
#include "tests/support/folder.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <string>
#include <vector>

namespace tuneval {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::ordered_json;

PredictionRow row_of(int64_t index, const std::string& prompt, const std::string& completion,
                     double score = 1.0) {
  PredictionRow row;
  row.index = index;
  row.where = "/data/packs/a/test.jsonl:" + std::to_string(index + 1);
  row.prompt = prompt;
  row.references = {"yes"};
  row.completion = row.prediction = completion;
  row.parsed = true;
  row.stop = "end";
  row.scores = {{"accuracy", SampleScore::of(score)}};
  return row;
}

std::string asked(const std::string& question) {
  return "<user>\nAnswer yes or no.\n" + question + "</user>\n<assistant>\n";
}

TaskPredictions two_stages() {
  TaskPredictions predictions{"t", {{"a", "m", Stage::base, {}}, {"a", "m", Stage::tuned, {}}}};
  predictions.stages[0].rows = {row_of(0, asked("Is it?"), "no", 0),
                                row_of(2, asked("Was it?"), "no", 0)};
  predictions.stages[1].rows = {row_of(0, asked("Is it?"), "yes"), row_of(1, asked("So?"), "yes"),
                                row_of(2, asked("Was it?"), "yes")};
  predictions.stages[1].rows[1].scores[0].second = SampleScore::unscored("no verdict");
  return predictions;
}

TEST(PromptFrame, KeepsWhatIsARowsOwn) {
  const std::vector<PredictionRow> rows = {row_of(0, asked("Is it?"), ""),
                                           row_of(1, asked("Is that so?"), "")};
  const PromptFrame frame = frame_of(rows);
  EXPECT_EQ(frame.before, "<user>\nAnswer yes or no.\n");
  EXPECT_EQ(frame.after, "</user>\n<assistant>\n");
  EXPECT_EQ(own_part(frame, rows[1].prompt), "Is that so?");
}

TEST(PromptFrame, OverlapsNowhere) {
  // All of the shorter prompt is the longer one's beginning and its end.
  const std::vector<PredictionRow> rows = {row_of(0, "\na\n", ""), row_of(1, "\na\na\n", "")};
  const PromptFrame frame = frame_of(rows);
  for (const PredictionRow& row : rows) {
    EXPECT_EQ(frame.before + std::string(own_part(frame, row.prompt)) + frame.after, row.prompt);
  }
}

TEST(PromptFrame, OfASingleRowIsEmpty) {
  EXPECT_EQ(frame_of(std::vector{row_of(0, "a\nb", "")}), PromptFrame());
}

TEST(ExampleBlocks, HoldsRowsInColumns) {
  const PackedExamples packed = pack_examples(two_stages());
  EXPECT_EQ(packed.head["rows"], 3);
  EXPECT_EQ(packed.head["blocks"], Json::parse("[3]"));
  EXPECT_EQ(packed.head["stages"][1]["stage"], "tuned");
  EXPECT_EQ(packed.head["stages"][1]["before"], "<user>\nAnswer yes or no.\n");
  ASSERT_EQ(packed.blocks.size(), 1u);
  const Json block = Json::parse(packed.blocks[0]);
  EXPECT_EQ(block["where"], Json::parse(R"(["test.jsonl:1","test.jsonl:2","test.jsonl:3"])"));
  const Json& base = block["stages"][0];
  const Json& tuned = block["stages"][1];
  EXPECT_EQ(base["prompt"][1], -1) << "the base model has no row 1";
  EXPECT_EQ(base["stop"], "e-e");
  EXPECT_EQ(base["scores"], Json::parse("[[0.0,null,0.0]]"));
  EXPECT_EQ(tuned["scores"], Json::parse(R"([[1.0,"no verdict",1.0]])"));
  EXPECT_EQ(base["prompt"][0], tuned["prompt"][0]) << "one text, one place";
  EXPECT_EQ(block["texts"][base["prompt"][2].get<size_t>()], "Was it?");
}

TEST(ExampleBlocks, EachStandsForItself) {
  const PackedExamples packed = pack_examples(two_stages(), 1);
  EXPECT_EQ(packed.head["blocks"], Json::parse("[1,1,1]"));
  const Json last = Json::parse(packed.blocks[2]);
  EXPECT_EQ(last["index"], Json::parse("[2]"));
  EXPECT_EQ(last["texts"][last["stages"][0]["completion"][0].get<size_t>()], "no");
}

TEST(Confusion, OnlyOfClosedSetsThatRowsShow) {
  std::vector<PredictionRow> rows = {row_of(0, "", "yes"), row_of(1, "", "no")};
  ASSERT_TRUE(confusion_of(rows));
  EXPECT_THAT(confusion_of(rows)->labels, ElementsAre("no", "yes"));
  EXPECT_FALSE(confusion_of(rows, 1)) << "too many labels";
  rows[1].references = {"maybe"};
  EXPECT_FALSE(confusion_of(rows)) << "every reference once: an open set";
  rows[1].references = {"yes", "no"};
  EXPECT_FALSE(confusion_of(rows)) << "several right answers";
  EXPECT_FALSE(confusion_of({}));
}

std::string gunzip(const std::string& packed) {
  std::string text(1 << 20, '\0');
  z_stream stream = {};
  inflateInit2(&stream, MAX_WBITS + 16);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

TEST(Packed, ComesBackWhole) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += std::to_string(i * i);
  EXPECT_EQ(gunzip(gzip(text)), text);
  EXPECT_EQ(gunzip(gzip("")), "");
  EXPECT_EQ(gzip(text), gzip(text));
}

TEST(Packed, EncodesAsTheStandardsSay) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  // FIPS 180-2, "abc".
  EXPECT_EQ(policy_hash("abc"), "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
}

TEST(Page, FillsInOnceAndOnlyWhatItKnows) {
  const std::pair<std::string_view, std::string_view> values[] = {{"A", "@B@"}, {"B", "b"}};
  EXPECT_EQ(filled_in("1@A@2 x@y.z @B@@", values), "1@B@2 x@y.z b@");
  EXPECT_EQ(test::message_of<RecordError>([&] { filled_in("@NOBODY@", values); }),
            "the report's page asks for @NOBODY@, which nobody knows");
}

TEST(Page, AllowsItsOwnScriptsAndStyleAlone) {
  const std::string page = make_page("{}", "");
  const PageParts& parts = page_parts();
  EXPECT_THAT(page, HasSubstr("default-src 'none'; script-src '" + policy_hash(parts.charts) +
                              "' '" + policy_hash(parts.program) + "'; style-src '" +
                              policy_hash(parts.style) + "';"));
  EXPECT_THAT(page, Not(HasSubstr("unsafe")));
  EXPECT_THAT(page, HasSubstr("<style>" + std::string(parts.style) + "</style>"));
  EXPECT_THAT(page,
              HasSubstr("<script type=\"module\">" + std::string(parts.program) + "</script>"));
  for (const std::string_view part : {parts.charts, parts.program}) {
    EXPECT_EQ(part.find("</script"), part.npos);
    EXPECT_EQ(part.find("<!--"), part.npos);
    EXPECT_EQ(part.find('\r'), part.npos) << "a browser would hash another text";
  }
}

/// A run folder of one cell with an answer that would like to be a script.
struct ToyRun {
  ToyRun() {
    CellRecord record;
    record.id = "a";
    record.model.name = record.task.name = "</script><script>alert(1)</script>";
    record.base = ScoreSummary{{{"accuracy", 0.0, 2, 0, true, 0.0, 1.0}}};
    store.write(record);
    const std::vector<PredictionRow> rows = {row_of(0, asked("Is it?"), "</script><img src=x>", 0),
                                             row_of(1, asked("So?"), "no", 0)};
    write_predictions(store.predictions_path("a", Stage::base), rows);
    records = {record};
  }
  test::TempFolder folder;
  RecordStore store{folder.path()};
  std::vector<CellRecord> records;
};

TEST(HtmlReport, KeepsModelTextOutOfItsMarkup) {
  const ToyRun run;
  const HtmlReport report = html_report(summarise(run.records), run.store);
  EXPECT_THAT(report.page, HasSubstr("id=\"examples-0-0\""));
  EXPECT_THAT(report.page, Not(HasSubstr("alert(1)</script>")));
  EXPECT_THAT(report.page, Not(HasSubstr("<img src=x>")));
  EXPECT_TRUE(report.files.empty());
  EXPECT_EQ(report.page, html_report(summarise(run.records), run.store).page);
}

TEST(HtmlReport, ExamplesWithoutRoomLieBesideThePage) {
  const ToyRun run;
  const HtmlReport report =
      html_report(summarise(run.records), run.store, {.most_example_bytes = 10});
  EXPECT_THAT(report.page, Not(HasSubstr("id=\"examples-0-0\"")));
  ASSERT_EQ(report.files.size(), 1u);
  EXPECT_EQ(report.files[0].first, "report-examples-0.txt");
  EXPECT_THAT(report.page, HasSubstr("\"file\":\"report-examples-0.txt\""));
}

TEST(HtmlReport, PredictionsThatCannotBeReadAreNamed) {
  const ToyRun run;
  test::write_text(run.store.predictions_path("a", Stage::base), "{\n");
  EXPECT_THAT(html_report(summarise(run.records), run.store).page, HasSubstr("a.base.jsonl:1"));
}

}  // namespace
}  // namespace tuneval
