#include "framework/data/importers/distil_rows.h"

#include "framework/data/toml_text.h"
#include "framework/manifest/nearest.h"
#include "tuneval/error.h"
#include "tuneval/metric/text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

namespace tuneval {

using Json = nlohmann::ordered_json;

namespace {

/// A task value of config.yaml, and the task types that its rows can be, the nearest first.
struct TaskValue {
  std::string_view value;
  std::vector<std::string> types;
};

const std::vector<TaskValue>& task_values() {
  static const std::vector<TaskValue> kValues = {
      {"classification", {"classification"}},
      {"information-extraction", {"information_extraction", "document_understanding"}},
      {"question-answering", {"information_extraction", "closed_book_qa"}},
      {"question-answering-open-book", {"open_book_qa", "document_understanding"}},
      {"question-answering-closed-book", {"closed_book_qa"}},
      {"tool-calling-closed-book", {"tool_calling"}},
      {"multi-turn-tool-calling-closed-book", {"tool_calling"}},
      {"chat-completion", {"chat"}},
      {"chat-completion-agentic", {"tool_calling"}},
  };
  return kValues;
}

std::vector<std::string> task_names() {
  std::vector<std::string> names;
  for (const TaskValue& one : task_values()) names.emplace_back(one.value);
  return names;
}

void require_answer(const Row& row) {
  require_column(row, "question", "the task's input");
  require_column(row, "answer", "the task's answer");
  if (trim(as_text(row, "question")).empty()) row.fail("question", "is empty");
}

/// The question that all rows ask of their passages; empty when they differ or have none.
std::string shared_question(const std::vector<Row>& train, const std::vector<Row>& test) {
  const std::string first = as_text(train.front(), "question");
  const auto same = [&](const Row& row) {
    return row.has("context") && row.has("question") && as_text(row, "question") == first;
  };
  return std::ranges::all_of(train, same) && std::ranges::all_of(test, same) ? first : "";
}

bool is_structured(const Row& row) {
  return row.has("answer") && unpacked(Json::parse(row.json("answer"))).is_structured();
}

/// Makes pack rows of rows with a question, an answer and perhaps a passage.
class Answers {
 public:
  Answers(const ImportedPack& pack, std::string shared, bool json)
      : type_(pack.task_type), shared_(std::move(shared)), json_(json) {}

  ImportedRow read(const Row& row) const {
    require_answer(row);
    const std::string question = as_text(row, "question");
    const std::string context = row.has("context") ? as_text(row, "context") : "";
    ImportedRow taken;
    taken.where = row.where();
    taken.prompt = joined({question, type_ == "closed_book_qa" ? "" : context});
    if (type_ == "information_extraction") {
      taken.row["input"] = input_of(question, context);
      taken.row["output"] = answer_of(row);
    } else if (type_ == "document_understanding") {
      require_passage(row, context);
      taken.row = Json{{"document", context}, {"instruction", question}};
      taken.row["output"] = answer_of(row);
    } else {
      taken.row["question"] = question;
      if (type_ == "open_book_qa") require_passage(row, context);
      if (!context.empty()) taken.row["context"] = context;
      taken.row["answer"] = as_text(row, "answer");
    }
    return taken;
  }

 private:
  static void require_passage(const Row& row, const std::string& context) {
    require_column(row, "context", "the passage");
    if (trim(context).empty()) row.fail("context", "is empty");
  }

  std::string input_of(const std::string& question, const std::string& context) const {
    if (trim(context).empty()) return question;
    return shared_.empty() ? fmt::format("{}\n\n{}", question, context) : context;
  }

  Json answer_of(const Row& row) const {
    if (!json_) {
      const std::string text = as_text(row, "answer");
      if (trim(text).empty()) row.fail("answer", "is empty");
      return text;
    }
    Json value = unpacked(Json::parse(row.json("answer")));
    if (value.is_null()) row.fail("answer", "is not JSON, as \"output_is_json\" says it is");
    return value;
  }

  std::string type_, shared_;
  bool json_;
};

/// Marks a pack as one of redactions where all its answers are such.
void find_redactions(ImportedPack& pack) {
  const auto redacts = [](const ImportedRow& row) { return is_redaction(row.row["output"]); };
  if (!std::ranges::all_of(pack.train, redacts) || !std::ranges::all_of(pack.test, redacts)) return;
  set_redaction(pack);
  for (std::vector<ImportedRow>* split : {&pack.train, &pack.test}) {
    for (ImportedRow& row : *split) {
      Json entities = row.row["output"]["entities"];
      row.row["notes"]["entities"] = std::move(entities);
    }
  }
}

/// The turns before the answer: a question's text, or the conversation that it holds.
Json history_of(const Row& row, bool multi_turn) {
  const Json question = Json::parse(row.json("question"));
  const Json turns = unpacked(question);
  const auto is_turn = [](const Json& one) { return one.is_object() && one.contains("role"); };
  if (!turns.is_array() || turns.empty() || !std::ranges::all_of(turns, is_turn)) {
    if (multi_turn) {
      row.fail("question",
               "is not a conversation: expected a JSON array of messages, or a text "
               "that holds one");
    }
    return Json::array({Json{{"role", "user"}, {"content", as_text(row, "question")}}});
  }
  Json messages = normal_messages(turns, row.where());
  if (messages.back()["role"] == "assistant") {
    row.fail("question", "ends with the assistant's turn: expected the user's or a tool's");
  }
  return messages;
}

/// The calls of an answer: an object, an array of them, or a text that holds one or the other.
Json calls_of(const Row& row) {
  Json answer = unpacked(Json::parse(row.json("answer")));
  if (answer.is_object()) answer = Json::array({answer});
  if (!answer.is_array()) {
    row.fail("answer",
             "is not a call: expected a JSON object of \"name\" and \"parameters\", an "
             "array of them, or a text that holds one");
  }
  Json calls = Json::array();
  for (const Json& call : answer) calls.push_back(normal_call(call, row.where()));
  return calls;
}

/// A row of the form {"messages"}.
Row as_conversation(const Row& row, bool multi_turn) {
  if (row.has("messages")) return row;
  require_answer(row);
  Json messages = history_of(row, multi_turn);
  messages.push_back(call_turn(calls_of(row)));
  return Row::parse(Json{{"messages", messages}}.dump(), row.where(), ConfigKind::data);
}

}  // namespace

std::string distil_tasks() { return fmt::format("{}", fmt::join(task_names(), ", ")); }

std::string distil_task_type(const std::string& task, const std::string& wanted,
                             const std::filesystem::path& file) {
  const auto found = std::ranges::find(task_values(), task, &TaskValue::value);
  if (found == task_values().end()) {
    throw DataError(fmt::format("{}: \"base.task\" is \"{}\": {}", file.string(), task,
                                suggestion(task, task_names())));
  }
  if (wanted.empty()) return found->types.front();
  if (std::ranges::find(found->types, wanted) != found->types.end()) return wanted;
  throw ManifestError(fmt::format("--task-type is \"{}\": rows of the task {} can be {}", wanted,
                                  task, fmt::join(found->types, " or ")));
}

std::string as_text(const Row& row, const std::string& column) {
  return row.is_text(column) ? row.text(column) : Json::parse(row.json(column)).dump();
}

void take_labels(const std::vector<Row>& train, const std::vector<Row>& test, ImportedPack& pack) {
  std::set<std::string> names;
  for (const Json& one : pack.options["classes"]) names.insert(one["name"].get<std::string>());
  for (const bool is_train : {true, false}) {
    std::vector<LabelledText> texts;
    for (const Row& row : is_train ? train : test) {
      require_answer(row);
      const std::string label{trim(row.text("answer"))};
      if (!names.contains(label)) {
        row.fail("answer", fmt::format("is \"{}\": expected one of the {} classes of "
                                       "job_description.json",
                                       label, names.size()));
      }
      texts.push_back({row.text("question"), label, row.where()});
    }
    (is_train ? pack.train : pack.test) = labelled_rows(texts);
  }
}

void take_answers(const std::vector<Row>& train, const std::vector<Row>& test, bool output_is_json,
                  ImportedPack& pack) {
  for (const Row& row : train) require_answer(row);
  const bool extracts =
      pack.task_type == "information_extraction" || pack.task_type == "document_understanding";
  const bool json = extracts && (output_is_json || (std::ranges::all_of(train, is_structured) &&
                                                    std::ranges::all_of(test, is_structured)));
  const std::string shared =
      pack.task_type == "information_extraction" ? shared_question(train, test) : "";
  if (!shared.empty()) pack.description += "\n\n" + shared;
  const Answers answers(pack, shared, json);
  for (const Row& row : train) pack.train.push_back(answers.read(row));
  for (const Row& row : test) pack.test.push_back(answers.read(row));
  if (extracts) {
    pack.options["output"] = json ? "json" : "text";
  } else {
    set_no_answer(pack);
  }
  if (json && pack.task_type == "information_extraction") find_redactions(pack);
}

void take_conversations(const std::vector<Row>& train, const std::vector<Row>& test,
                        const Json& tools, bool multi_turn, ImportedPack& pack) {
  ConversationRows conversations(tools);
  const std::string wanted = pack.task_type;
  for (const Row& row : train) conversations.take(as_conversation(row, multi_turn), pack.train);
  for (const Row& row : test) conversations.take(as_conversation(row, multi_turn), pack.test);
  if (!tools.is_null() && fits_toml(tools)) pack.options["tools"] = tools;
  conversations.finish(pack);
  if (wanted == "tool_calling" && pack.task_type != wanted) {
    throw DataError(fmt::format("{}: no row of train or test calls a tool",
                                train.front().where().substr(0, train.front().where().rfind(':'))));
  }
  if (pack.task_type == "chat") pack.options.erase("tools");
  if (tools.is_null() || fits_toml(tools)) return;
  // TOML has no null, which a schema may hold.
  for (std::vector<ImportedRow>* split : {&pack.train, &pack.test}) {
    for (ImportedRow& row : *split)
      if (!row.row.contains("tools")) row.row["tools"] = tools;
  }
}

}  // namespace tuneval
