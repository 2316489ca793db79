#include "import_folder.h"

#include <gmock/gmock.h>

namespace tuneval {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class ImportFormats : public ImportFolder {};

// ---- trec

TEST_F(ImportFormats, TrecIsLatin1WithCoarseOrFineClasses) {
  write("source/train_5500.label",
        "DESC:manner How did it grow ?\nENTY:animal Which caf\xE9 cat ?\n");
  write("source/TREC_10.label", "NUM:dist How far is it ?\r\n\r\nHUM:ind Who was it ?\r\n");
  const ImportReport report = import("trec");
  EXPECT_EQ(report.train_rows, 2);
  EXPECT_EQ(report.test_rows, 2);
  EXPECT_EQ(rows("train")[1], (Json{{"input", "Which café cat ?"}, {"label", "entity"}}));
  EXPECT_EQ(rows("test")[0], (Json{{"input", "How far is it ?"}, {"label", "number"}}));
  EXPECT_EQ(read_pack(folder / "pack").task_type, "classification");
  ASSERT_EQ(options()["classes"].size(), 4u);  // in the table's order
  EXPECT_EQ(options()["classes"][0]["name"], "description");
  EXPECT_EQ(options()["classes"][3]["name"], "number");

  import("trec", {.labels = "fine"}, "source", "fine");
  EXPECT_EQ(rows("train", "fine")[0]["label"], "manner");
  EXPECT_EQ(options("fine")["classes"][0]["name"], "manner");
  EXPECT_EQ(options("fine")["classes"][0]["description"], "how something is done");
}

TEST_F(ImportFormats, TrecRefusesOtherLines) {
  EXPECT_EQ(refusal("trec"),
            "@/source/train_5500.label: cannot be read: No such file or directory");
  write("source/train_5500.label", "DESC:manner How ?\nDESC\n");
  EXPECT_EQ(refusal("trec"),
            "@/source/train_5500.label:2: expected a label such as NUM:dist, a space and a "
            "question");
  write("source/train_5500.label", "DESC:manner   \n");
  EXPECT_THAT(refusal("trec"), StartsWith("@/source/train_5500.label:1: expected a label"));
  write("source/train_5500.label", "DESC:how How ?\n");
  EXPECT_EQ(refusal("trec", {.labels = "fine"}),
            "@/source/train_5500.label:1: the label is \"DESC:how\": expected one of the 50 that "
            "TREC has");
  write("source/train_5500.label", "desc:how How ?\n");
  EXPECT_THAT(refusal("trec"), HasSubstr("the label is \"desc\": expected one of the 6"));
  write("source/train_5500.label", "\n\n");
  EXPECT_EQ(refusal("trec"), "@/source/train_5500.label: holds no questions");
  EXPECT_EQ(refusal<ManifestError>("trec", {.labels = "middle"}),
            "--labels is \"middle\": expected coarse or fine");
}

// ---- squad2

std::string squad(const std::string& questions) {
  return R"({"version": "v2.0", "data": [{"title": "T", "paragraphs": [{"context": "A b c.", )"
         R"("qas": [)" +
         questions + "]}]}]}";
}

constexpr auto kAsked = R"({"question": "What?", "id": "q1", "is_impossible": false,
  "answers": [{"text": "b", "answer_start": 2}, {"text": "b", "answer_start": 2},
              {"text": "b c", "answer_start": 2}]},
 {"question": "Why?", "id": "q2", "is_impossible": true, "answers": [],
  "plausible_answers": [{"text": "c", "answer_start": 4}]})";

TEST_F(ImportFormats, SquadKeepsItsSplitAndUnanswerableQuestions) {
  write("source/train-v2.0.json", squad(kAsked));
  write("source/dev-v2.0.json", "\xEF\xBB\xBF" + squad(R"({"question": "Who?", "id": "q3",
    "answers": [{"text": "A", "answer_start": 0}]})"));
  const ImportReport report = import("squad2");
  EXPECT_EQ(report.train_rows, 2);
  EXPECT_EQ(report.test_rows, 1);
  EXPECT_EQ(report.unstructured_rows, 0);
  EXPECT_EQ(rows("train")[0].dump(),
            R"({"question":"What?","context":"A b c.","answers":["b","b c"]})");
  EXPECT_EQ(rows("train")[1]["answers"], Json::array());
  EXPECT_EQ(options()["no_answer"], "unanswerable");  // the prompt tells it then
  const Pack pack = read_pack(folder / "pack");
  EXPECT_EQ(pack.task_type, "open_book_qa");
  EXPECT_EQ(pack.licence, "CC-BY-SA-4.0");
}

TEST_F(ImportFormats, SquadWithoutItsPassagesKeepsThemAside) {
  write("source/train-v2.0.json", squad(kAsked));
  write("source/dev-v2.0.json", squad(R"({"question": "Who?", "answers": [{"text": "A"}]})"));
  const ImportReport report = import("squad2", {.task_type = "closed_book_qa"});
  EXPECT_EQ(report.unstructured_rows, 2);
  EXPECT_EQ(rows("train")[0].dump(),
            R"({"question":"What?","answers":["b","b c"],"context":"A b c."})");
  EXPECT_EQ(rows("unstructured")[1], (Json{{"context", "A b c."}}));
  EXPECT_EQ(read_pack(folder / "pack").task_type, "closed_book_qa");
}

TEST_F(ImportFormats, OneSquadFileIsSplitByArticle) {
  Json document = {{"data", Json::array()}};
  for (int article = 0; article < 10; ++article) {
    Json questions = Json::array();
    for (int i = 0; i < 5; ++i) {
      questions.push_back({{"question", "q" + std::to_string(i)}, {"answers", {{{"text", "x"}}}}});
    }
    const Json paragraph = {{"context", "c" + std::to_string(article)}, {"qas", questions}};
    document["data"].push_back(
        {{"title", "t" + std::to_string(article)}, {"paragraphs", Json::array({paragraph})}});
  }
  write("dev.json", document.dump());
  const ImportReport report = import("squad2", {.test_share = 0.3}, "dev.json");
  EXPECT_EQ(report.train_rows, 35);
  EXPECT_EQ(report.test_rows, 15);
  std::set<std::string> train, test;
  for (const Json& row : rows("train")) train.insert(row["context"].get<std::string>());
  for (const Json& row : rows("test")) test.insert(row["context"].get<std::string>());
  EXPECT_EQ(train.size(), 7u);
  EXPECT_EQ(test.size(), 3u);
  EXPECT_FALSE(options().contains("no_answer"));
}

TEST_F(ImportFormats, SquadRefusesWhatIsNotItsForm) {
  EXPECT_EQ(refusal("squad2", {}, "dev.json"),
            "@/dev.json: cannot be read: No such file or directory");
  write("dev.json", "{\"data\": [\n  {\"title\": }]}");
  EXPECT_THAT(refusal("squad2", {}, "dev.json"),
              StartsWith("@/dev.json:2:13: not valid JSON: syntax error"));
  write("dev.json", R"({"articles": []})");
  EXPECT_THAT(refusal("squad2", {}, "dev.json"), HasSubstr("\"data\" is missing"));
  write("dev.json", R"({"data": []})");
  EXPECT_EQ(refusal("squad2", {}, "dev.json"), "@/dev.json: holds no questions");
  write("dev.json", squad(R"({"question": "Who?", "answers": []})"));
  EXPECT_THAT(refusal("squad2", {}, "dev.json"),
              HasSubstr("\"answers\" is empty, and \"is_impossible\" is not true"));
  write("dev.json", squad(R"({"question": " ", "answers": []})"));
  EXPECT_THAT(refusal("squad2", {}, "dev.json"), HasSubstr("\"question\" is empty"));
  write("dev.json", squad(R"({"question": "Who?", "answers": [{"text": ""}]})"));
  EXPECT_THAT(refusal("squad2", {}, "dev.json"), HasSubstr("\"text\" is empty"));
  write("dev.json", squad(kAsked));
  EXPECT_THAT(refusal("squad2", {}, "dev.json"), HasSubstr("there is nothing to split"));
  EXPECT_EQ(refusal<ManifestError>("squad2", {.task_type = "chat"}, "dev.json"),
            "--task-type is \"chat\": expected open_book_qa or closed_book_qa");
}

// ---- presidio

constexpr auto kSpans = R"([{"full_text": "Zoë of Bonn, zoe@x.de", "spans": [
  {"entity_type": "EMAIL_ADDRESS", "entity_value": "zoe@x.de",
   "start_position": 13, "end_position": 21},
  {"entity_type": "PERSON", "entity_value": "Zoë", "start_position": 0, "end_position": 3}],
  "template_id": 1},
 {"full_text": "Nothing.", "spans": [], "template_id": 2},
 {"full_text": "Nothing.", "spans": [], "template_id": 2}])";

TEST_F(ImportFormats, PresidioSpansCountCharacters) {
  write("pii.json", kSpans);
  const ImportReport report = import("presidio", {.test_share = 0.5}, "pii.json");
  EXPECT_EQ(report.train_rows, 1);
  EXPECT_EQ(report.test_rows, 1);
  EXPECT_THAT(texts(report.skipped),
              ElementsAre("@/pii.json:7: left out: the same input as @/pii.json:6"));
  std::vector<Json> all = rows("train");
  all.push_back(rows("test")[0]);
  const Json& row = all[0]["input"] == "Nothing." ? all[1] : all[0];
  EXPECT_EQ(
      row["output"].dump(),
      R"({"redacted_text":"[PERSON] of Bonn, [EMAIL_ADDRESS]","entities":[)"
      R"({"value":"Zoë","replacement_token":"[PERSON]","reason":"person"},)"
      R"({"value":"zoe@x.de","replacement_token":"[EMAIL_ADDRESS]","reason":"email address"}]})");
  EXPECT_EQ(row["notes"]["entities"], row["output"]["entities"]);
  EXPECT_EQ(options()["output"], "json");
  EXPECT_EQ(options()["verbatim"], Json::array({"value"}));
  EXPECT_EQ(options()["schema"]["required"], (Json{"redacted_text", "entities"}));
  EXPECT_EQ(read_pack(folder / "pack").metrics[0], "pii_redaction");
}

TEST_F(ImportFormats, PresidioLeavesOutSpansThatDoNotFit) {
  const auto one = [](const char* text, const std::string& spans) {
    return Json{{"full_text", text}, {"spans", Json::parse(spans)}};
  };
  const std::string bad =
      R"([{"entity_type": "A", "entity_value": "x", "start_position": 0, "end_position": 2}])";
  const std::string far =
      R"([{"entity_type": "A", "entity_value": "x", "start_position": 3, "end_position": 9}])";
  const std::string twice =
      R"([{"entity_type": "A", "entity_value": "xy", "start_position": 0, "end_position": 2},
    {"entity_type": "B", "entity_value": "yz", "start_position": 1, "end_position": 3}])";
  write("pii.json", one("a", "[]").dump() + "\n" + one("xyz", bad).dump() + "\n" +
                        one("xyzz", far).dump() + "\n" + one("xyz", twice).dump() + "\n" +
                        one("b", "[]").dump() + "\n");
  EXPECT_THAT(
      texts(import("presidio", {}, "pii.json").skipped),
      ElementsAre(
          "@/pii.json:2: left out: the span 0 to 2 is \"xy\" in the text, \"x\" as its value",
          "@/pii.json:3: left out: the span 3 to 9 is not within the 4 characters of \"full_text\"",
          "@/pii.json:4: left out: the span 1 to 3 overlaps the one before it"));
}

TEST_F(ImportFormats, PresidioRefusesWhatIsNotItsForm) {
  write("pii.json", "[]");
  EXPECT_EQ(refusal("presidio", {}, "pii.json"), "@/pii.json: holds no rows");
  write("pii.json", R"([{"full_text": "a"}])");
  EXPECT_THAT(refusal("presidio", {}, "pii.json"), HasSubstr("\"spans\" is missing"));
  write("pii.json", R"([{"full_text": "", "spans": []}])");
  EXPECT_EQ(refusal("presidio", {}, "pii.json"), "@/pii.json:1: \"full_text\" is empty");
  write("pii.json", R"([{"full_text": "a", "spans": [{"entity_type": "A"}]}])");
  EXPECT_THAT(refusal("presidio", {}, "pii.json"), HasSubstr("\"entity_value\" is missing"));
  write("pii.json", "[\n1]");
  EXPECT_EQ(refusal("presidio", {}, "pii.json"),
            "@/pii.json:2: expected a JSON object, found number");
}

// ---- csv with questions

TEST_F(ImportFormats, CsvColumnsOfQuestions) {
  write("source/train.csv", "q,a,p\nWho?, Ann ,Ann came.\nWhy?,,Ann came.\n");
  write("source/test.csv", "q,a,p\nWho?,Bob,Bob came.\n");
  const ImportOptions columns{.question_column = "q", .answer_column = "a", .context_column = "p"};
  EXPECT_EQ(import("csv", columns).train_rows, 2);
  EXPECT_EQ(read_pack(folder / "pack").task_type, "open_book_qa");
  EXPECT_EQ(rows("train")[0].dump(), R"({"question":"Who?","context":"Ann came.","answer":"Ann"})");
  EXPECT_EQ(rows("train")[1]["answer"], "");  // no answer in the passage
  EXPECT_EQ(options()["no_answer"], "unanswerable");

  import("csv", {.question_column = "q", .answer_column = "a"}, "source", "closed");
  EXPECT_EQ(read_pack(folder / "closed").task_type, "closed_book_qa");
  EXPECT_EQ(rows("train", "closed")[0].dump(), R"({"question":"Why?","answer":""})");

  EXPECT_THAT(refusal("csv", {.question_column = "q"}),
              StartsWith("@/source/train.csv:2: no column \"answer\" (--answer-column)"));
  EXPECT_THAT(refusal("csv", {.question_column = "q", .answer_column = "a", .context_column = "x"}),
              StartsWith("@/source/train.csv:2: no column \"x\" (--context-column)"));
  EXPECT_THAT(refusal<ManifestError>("csv", {.label_column = "a", .question_column = "q"}),
              HasSubstr("expected one or the other"));
  write("source/train.csv", "q,a,p\n ,x,y\n");
  EXPECT_EQ(refusal("csv", columns), "@/source/train.csv:2: \"q\" is empty");
  write("source/train.csv", "q,a,p\nx,y, \n");
  EXPECT_EQ(refusal("csv", columns), "@/source/train.csv:2: \"p\" is empty");
  write("source/train.csv", "q,a,p\n");
  EXPECT_EQ(refusal("csv", columns), "@/source/train.csv: holds no rows");
}

// ---- alpaca

TEST_F(ImportFormats, AlpacaBecomesChat) {
  write("source/train.json", R"([
    {"instruction": "Add.", "input": "1 2", "output": "3"},
    {"instruction": "Greet.", "input": "", "output": "Hi", "system": "Be brief.",
     "history": [["Who?", "Me."]]},
    {"instruction": "Rest.", "output": " "}])");
  write("source/test.jsonl", "{\"instruction\": \"Go.\", \"output\": \"Gone.\"}\r\n");
  const ImportReport report = import("alpaca");
  EXPECT_EQ(report.train_rows, 2);
  EXPECT_EQ(report.test_rows, 1);
  EXPECT_THAT(texts(report.skipped),
              ElementsAre("@/source/train.json:5: left out: \"output\" is empty"));
  EXPECT_EQ(rows("train")[0].dump(), R"({"messages":[{"role":"user","content":"Add.\n\n1 2"},)"
                                     R"({"role":"assistant","content":"3"}]})");
  EXPECT_EQ(rows("train")[1]["messages"].size(), 5u);
  EXPECT_EQ(rows("train")[1]["messages"][0]["role"], "system");
  EXPECT_EQ(rows("train")[1]["messages"][2]["content"], "Me.");
  EXPECT_EQ(read_pack(folder / "pack").task_type, "chat");
}

TEST_F(ImportFormats, AlpacaRefusesOtherColumns) {
  write("a.json", R"([{"prompt": "x", "output": "y"}])");
  EXPECT_THAT(refusal("alpaca", {}, "a.json"),
              StartsWith("@/a.json:1: no column \"instruction\" (what is asked)"));
  write("a.json", R"([{"instruction": "x", "output": null}])");
  EXPECT_EQ(refusal("alpaca", {}, "a.json"), "@/a.json:1: \"output\" is null");
  write("a.json", R"([{"instruction": " ", "output": "y"}])");
  EXPECT_EQ(refusal("alpaca", {}, "a.json"), "@/a.json:1: \"instruction\" is empty");
  write("a.json", R"([{"instruction": "x", "output": "y", "history": ["z"]}])");
  EXPECT_THAT(refusal("alpaca", {}, "a.json"), HasSubstr("is not a list of pairs"));
  std::filesystem::create_directories(folder / "source");
  EXPECT_EQ(refusal("alpaca"), "@/source: holds no train.jsonl, no train.json");
  write("source/train.jsonl", "{}");
  write("source/train.json", "[]");
  EXPECT_EQ(refusal("alpaca"), "@/source: holds train.jsonl and train.json: expected one of them");
}

}  // namespace
}  // namespace tuneval
