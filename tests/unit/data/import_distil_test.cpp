#include "import_folder.h"

#include <gmock/gmock.h>

namespace tuneval {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class ImportDistil : public ImportFolder {
 protected:
  void write_job(const std::string& task, const std::string& more = "") const {
    write("source/config.yaml", "base:\n  task: " + task + "\n  random_seed: 42\n");
    write("source/job_description.json", R"({"task_description": "Do it.")" + more + "}");
  }
  void write_rows(const std::string& train, const std::string& test) const {
    write("source/train.jsonl", train);
    write("source/test.jsonl", test);
  }
  std::string task_type() const { return read_pack(folder / "pack").task_type; }
};

constexpr auto kTools =
    R"(, "tools": [{"type": "function", "function": {"name": "go", )"
    R"("parameters": {"type": "object", "properties": {"to": {"type": "string"}}}}}])";

TEST_F(ImportDistil, Classification) {
  write_job(
      "classification",
      R"(, "classes_description": {"b": "the b", "a": ""}, "llm_as_a_judge_instructions": "x")");
  write("source/train.csv", ",question,answer\n0,one,a\n1,two, b \n");
  write("source/test.csv", ",question,answer\n0,three,a\n");
  const ImportReport report = import("distil");
  EXPECT_EQ(task_type(), "classification");
  EXPECT_EQ(rows("train")[1].dump(), R"({"input":"two","label":"b"})");
  EXPECT_EQ(options()["classes"][0]["name"], "b");
  EXPECT_EQ(options()["classes"][0]["description"], "the b");
  EXPECT_EQ(options()["classes"][1], (Json{{"name", "a"}}));
  EXPECT_EQ(read_pack(folder / "pack").description, "Do it.");
  EXPECT_THAT(
      report.notes,
      ElementsAre(
          at("@/source/job_description.json: \"llm_as_a_judge_instructions\" is not taken over")));

  write("source/test.csv", "question,answer\nthree,c\n");
  EXPECT_EQ(refusal("distil"),
            "@/source/test.csv:2: \"answer\" is \"c\": expected one of the 2 classes of "
            "job_description.json");
  write_job("classification", R"(, "classes_description": {})");
  EXPECT_EQ(refusal("distil"), "@/source/job_description.json: \"classes_description\" is empty");
  write_job("classification");
  EXPECT_THAT(refusal("distil"), HasSubstr("\"classes_description\" is missing"));
}

TEST_F(ImportDistil, ExtractionOfTextFromPassages) {
  write_job("information-extraction");
  write_rows(R"({"question": "Document it.", "answer": "A", "context": "def a"})"
             "\n",
             R"({"question": "Document it.", "answer": "B", "context": "def b"})"
             "\n");
  import("distil");
  EXPECT_EQ(task_type(), "information_extraction");
  EXPECT_EQ(rows("train")[0].dump(), R"({"input":"def a","output":"A"})");
  EXPECT_EQ(options(), (Json{{"output", "text"}}));
  EXPECT_EQ(read_pack(folder / "pack").description, "Do it.\n\nDocument it.");

  import("distil", {.task_type = "document_understanding"}, "source", "document");
  EXPECT_EQ(rows("train", "document")[0].dump(),
            R"({"document":"def a","instruction":"Document it.","output":"A"})");

  write_rows(R"({"question": "Q", "answer": "A", "context": "def a"})"
             "\n",
             R"({"question": "R", "answer": "B", "context": "def b"})"
             "\n");
  import("distil", {}, "source", "questions");
  EXPECT_EQ(rows("train", "questions")[0]["input"], "Q\n\ndef a");
}

TEST_F(ImportDistil, AnswersThatAreJsonStayJson) {
  write_job("question-answering", R"(, "input_description": "x")");
  write_rows(R"({"question": "q", "answer": {"b": 1, "a": [2]}})"
             "\n",
             R"({"question": "r", "answer": "{\"b\": 2}"})");
  import("distil");
  EXPECT_EQ(rows("train")[0]["output"].dump(), R"({"b":1,"a":[2]})");
  EXPECT_EQ(rows("test")[0]["output"].dump(), R"({"b":2})");
  EXPECT_EQ(options()["output"], "json");

  write("source/config.yaml",
        "base: {task: question-answering}\nsynthgen: {output_is_json: true}\n");
  write_rows(R"({"question": "q", "answer": "{\"b\""})"
             "\n",
             R"({"question": "r", "answer": "3"})");
  EXPECT_EQ(refusal("distil"),
            "@/source/train.jsonl:1: \"answer\" is not JSON, as \"output_is_json\" says it is");
  write("source/config.yaml",
        "base: {task: question-answering}\nsynthgen:\n  output_is_json: perhaps\n");
  EXPECT_EQ(refusal("distil"),
            "@/source/config.yaml:3:19: \"synthgen.output_is_json\" is not true or false");
}

TEST_F(ImportDistil, RedactionsAreRecognised) {
  write_job("information-extraction");
  const auto row = [](const std::string& text) {
    return R"({"id": "1", "question": "Redact.", "context": ")" + text +
           R"(", "answer": {"redacted_text": "[P]", "entities": [{"value": ")" + text +
           R"(", "replacement_token": "[P]", "reason": "name"}]}})"
           "\n";
  };
  write_rows(row("Ann"), row("Bob"));
  import("distil");
  EXPECT_EQ(read_pack(folder / "pack").metrics[0], "pii_redaction");
  EXPECT_EQ(rows("train")[0]["input"], "Ann");
  EXPECT_EQ(rows("train")[0]["notes"]["entities"][0]["value"], "Ann");
  EXPECT_TRUE(options().contains("schema"));
  EXPECT_EQ(options()["verbatim"], Json::array({"value"}));
}

TEST_F(ImportDistil, QuestionsWithAndWithoutPassages) {
  write_job("question-answering-open-book");
  write_rows(R"({"question": "q", "context": "c", "answer": "a"})"
             "\n",
             R"({"question": "r", "context": "d", "answer": 4})");
  write("source/unstructured.csv", "context\nOne passage.\n\"Two\n\"\"lines\"\"\"\n");
  const ImportReport report = import("distil");
  EXPECT_EQ(task_type(), "open_book_qa");
  EXPECT_EQ(rows("train")[0].dump(), R"({"question":"q","context":"c","answer":"a"})");
  EXPECT_EQ(rows("test")[0]["answer"], "4");
  EXPECT_FALSE(options().contains("no_answer"));
  EXPECT_EQ(report.unstructured_rows, 2);
  EXPECT_EQ(rows("unstructured")[1]["context"], "Two\n\"lines\"");

  write_job("question-answering-closed-book");
  import("distil", {}, "source", "closed");
  EXPECT_EQ(read_pack(folder / "closed").task_type, "closed_book_qa");

  write_rows(R"({"question": "q", "answer": "a"})", R"({"question": "r", "answer": ""})");
  import("distil", {}, "source", "unanswered");
  EXPECT_EQ(options("unanswered")["no_answer"], "unanswerable");

  write("source/unstructured.csv", "passage\nx\n");
  EXPECT_THAT(refusal("distil"), StartsWith("@/source/unstructured.csv:2: no column \"context\""));
  write_job("question-answering-open-book");
  write_rows(R"({"question": "q", "answer": "a"})", R"({"question": "r", "answer": "a"})");
  EXPECT_THAT(refusal("distil"),
              StartsWith("@/source/train.jsonl:1: no column \"context\" (the passage)"));
  EXPECT_EQ(refusal<ManifestError>("distil", {.task_type = "chat"}),
            "--task-type is \"chat\": rows of the task question-answering-open-book can be "
            "open_book_qa or document_understanding");
}

TEST_F(ImportDistil, SingleCalls) {
  write_job("tool-calling-closed-book", kTools);
  write_rows(
      R"({"question": "Go to A", "answer": "{\"name\": \"go\", \"parameters\": {\"to\": \"A\"}}"})"
      "\n"
      R"({"question": "[now] go", "answer": {"name": "go", "arguments": "{}"}})"
      "\n",
      R"({"question": "Go twice", "answer": [{"name": "go"}, {"name": "go", "parameters": null}]})"
      "\n"
      R"({"question": "Sing", "answer": "[]"})");
  import("distil");
  EXPECT_EQ(task_type(), "tool_calling");
  EXPECT_EQ(
      rows("train")[0].dump(),
      R"({"messages":[{"role":"user","content":"Go to A"},{"role":"assistant","content":"",)"
      R"("tool_calls":[{"type":"function","function":{"name":"go","arguments":{"to":"A"}}}]}]})");
  EXPECT_EQ(rows("train")[1]["messages"][0]["content"], "[now] go");
  EXPECT_EQ(rows("test")[0]["messages"][1]["tool_calls"].size(), 2u);
  EXPECT_FALSE(rows("test")[1]["messages"][1].contains("tool_calls"));
  EXPECT_EQ(options()["refusals"], true);
  EXPECT_EQ(options()["tools"][0]["function"]["name"], "go");
}

TEST_F(ImportDistil, CallsInConversations) {
  write_job("multi-turn-tool-calling-closed-book", kTools);
  const Json history = Json::parse(R"([{"role": "user", "content": "a"},
    {"role": "assistant", "tool_calls": [
      {"id": "7", "type": "function", "function": {"name": "go", "arguments": "{\"to\": \"A\"}"}}]},
    {"role": "user", "content": "b"},
    {"role": "assistant", "content": null, "tool_calls": [
      {"function": {"name": "go", "parameters": {"to": "B"}}}]},
    {"role": "user", "content": "c"}])");
  const auto row = [](const Json& question) {
    return Json{{"question", question}, {"answer", R"({"name": "go", "parameters": {}})"}}.dump() +
           "\n";
  };
  write_rows(row(history.dump()), row(Json::array({history[0]})));  // as a text, and as it is
  import("distil");
  EXPECT_EQ(rows("train")[0]["messages"].dump(),
            R"([{"role":"user","content":"a"},)"
            R"({"role":"assistant","content":"","tool_calls":[{"id":"7","type":"function",)"
            R"("function":{"name":"go","arguments":{"to":"A"}}}]},)"
            R"({"role":"user","content":"b"},)"
            R"({"role":"assistant","content":"","tool_calls":[{"type":"function",)"
            R"("function":{"name":"go","arguments":{"to":"B"}}}]},)"
            R"({"role":"user","content":"c"},)"
            R"({"role":"assistant","content":"","tool_calls":[{"type":"function",)"
            R"("function":{"name":"go","arguments":{}}}]}])");
  EXPECT_EQ(rows("test")[0]["messages"].size(), 2u);
  EXPECT_FALSE(options().contains("refusals"));

  write_rows(row("Hello"), row("Hi"));
  EXPECT_THAT(refusal("distil"),
              StartsWith("@/source/train.jsonl:1: \"question\" is not a conversation"));
  write_rows(row(Json::array({history[0], history[1]})), row(history));
  EXPECT_THAT(refusal("distil"), HasSubstr("\"question\" ends with the assistant's turn"));
}

TEST_F(ImportDistil, AToolSchemaWithNullGoesIntoTheRows) {
  write_job("tool-calling-closed-book",
            R"(, "tools": [{"name": "go", "parameters": {"type": "object", )"
            R"("properties": {"to": {"enum": ["A", null]}}}}])");
  write_rows(R"({"question": "x", "answer": "{\"name\": \"go\"}"})",
             R"({"question": "y", "answer": "{\"name\": \"go\"}"})");
  import("distil");
  EXPECT_FALSE(options().contains("tools"));
  EXPECT_EQ(rows("test")[0]["tools"][0]["function"]["parameters"]["properties"]["to"]["enum"][1],
            Json());
}

TEST_F(ImportDistil, LaterRowsOfMessages) {
  write_job("chat-completion");
  const auto row = [](const std::string& text) {
    return R"({"context": "Passage.", "messages": [{"role": "user", "content": ")" + text +
           R"("}, {"role": "assistant", "content": "A", "reasoning_content": "hm"}]})"
           "\n";
  };
  write_rows(row("q"), row("r"));
  import("distil");
  EXPECT_EQ(task_type(), "chat");
  EXPECT_EQ(rows("train")[0].dump(),
            R"({"messages":[{"role":"user","content":"Passage.\n\nq"},{"role":"assistant",)"
            R"("content":"A"}]})");
  write_job("chat-completion-agentic", kTools);
  EXPECT_EQ(refusal("distil"), "@/source/train.jsonl: no row of train or test calls a tool");
}

TEST_F(ImportDistil, FaultsAreRefused) {
  EXPECT_EQ(refusal("distil"), "@/source/config.yaml: cannot be read: No such file or directory");
  write("source/config.yaml", "base:\n  task: [1\n");
  EXPECT_THAT(refusal("distil"), StartsWith("@/source/config.yaml:3:1: not valid YAML: "));
  for (const char* text : {"", "3", "base: 3", "base:\n  task:\n", "other: {task: x}"}) {
    write("source/config.yaml", text);
    EXPECT_THAT(refusal("distil"), StartsWith("@/source/config.yaml: \"base.task\" is missing"))
        << text;
  }
  write_job("question-answering-openbook");
  EXPECT_EQ(refusal("distil"),
            "@/source/config.yaml: \"base.task\" is \"question-answering-openbook\": did you mean "
            "\"question-answering-open-book\"?");
  write_job("tool-calling-closed-book");
  EXPECT_EQ(refusal("distil"), "@/source: holds no train.jsonl, no train.csv");
  write_rows(R"({"question": "x", "answer": "{}"})", R"({"question": "x", "answer": "{}"})");
  EXPECT_THAT(refusal("distil"), HasSubstr("job_description.json: \"tools\" is missing"));
  write_job("tool-calling-closed-book", kTools);
  EXPECT_THAT(refusal("distil"),
              StartsWith("@/source/train.jsonl:1: the \"name\" of a call is null"));
  write_rows(R"({"question": "x", "answer": "now"})", "{}");
  EXPECT_THAT(refusal("distil"), StartsWith("@/source/train.jsonl:1: \"answer\" is not a call"));
  write_rows(R"({"prompt": "x", "answer": "now"})", "{}");
  EXPECT_THAT(refusal("distil"), StartsWith("@/source/train.jsonl:1: no column \"question\""));
  write("source/train.csv", "question,answer\nx,y\n");
  EXPECT_EQ(refusal("distil"), "@/source: holds train.jsonl and train.csv: expected one of them");
  write("source/job_description.json", R"({"task_description": " "})");
  EXPECT_EQ(refusal("distil"), "@/source/job_description.json: \"task_description\" is empty");
  write("source/job_description.json", "{\"task_description\": \"x\",\n}");
  EXPECT_THAT(refusal("distil"), StartsWith("@/source/job_description.json:2:1: not valid JSON"));
}

}  // namespace
}  // namespace tuneval
