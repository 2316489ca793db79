#include "framework/data/importers/support.h"
#include "tuneval/error.h"
#include "tuneval/metric/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

/// Reads articles as rows of one of the two task types.
class Articles {
 public:
  explicit Articles(bool open_book) : open_book_(open_book) {}

  std::vector<ImportedRow> read(const std::filesystem::path& file) {
    rows_.clear();
    const Row document = read_object(file);
    for (const Row& article : document.objects("data")) {
      title_ = article.text("title");
      for (const Row& paragraph : article.objects("paragraphs")) read_paragraph(paragraph);
    }
    if (rows_.empty()) throw DataError(fmt::format("{}: holds no questions", file.string()));
    return std::move(rows_);
  }

  /// The passages, in the order in which they were read.
  std::vector<std::string> passages;

 private:
  void read_paragraph(const Row& paragraph) {
    const std::string context = paragraph.text("context");
    if (trim(context).empty()) paragraph.fail("context", "is empty");
    passages.push_back(context);
    for (const Row& question : paragraph.objects("qas")) read_question(question, context);
  }

  void read_question(const Row& row, const std::string& context) {
    const std::string question = row.text("question");
    if (trim(question).empty()) row.fail("question", "is empty");
    ImportedRow taken;
    taken.where = row.has("id") ? fmt::format("{} ({})", row.where(), row.text("id")) : row.where();
    if (open_book_) {
      taken.row = Json{{"question", question}, {"context", context}};
      taken.prompt = joined({question, context});
      taken.group = title_;
    } else {
      taken.row = Json{{"question", question}};
      taken.prompt = question;
    }
    taken.row["answers"] = read_answers(row);
    if (!open_book_) taken.row["context"] = context;
    rows_.push_back(std::move(taken));
  }

  /// The accepted answers, each once; none when the question has no answer in the passage.
  static Json read_answers(const Row& row) {
    Json texts = Json::array();
    if (row.flag_or("is_impossible", false)) return texts;
    for (const Row& answer : row.objects("answers")) {
      const std::string text = answer.text("text");
      if (trim(text).empty()) answer.fail("text", "is empty");
      if (std::ranges::find(texts, Json(text)) == texts.end()) texts.push_back(text);
    }
    if (texts.empty()) row.fail("answers", "is empty, and \"is_impossible\" is not true");
    return texts;
  }

  bool open_book_;
  std::string title_;
  std::vector<ImportedRow> rows_;
};

bool is_open_book(const ImportOptions& options) {
  if (options.task_type.empty() || options.task_type == "open_book_qa") return true;
  if (options.task_type == "closed_book_qa") return false;
  throw ManifestError(fmt::format("--task-type is \"{}\": expected open_book_qa or closed_book_qa",
                                  options.task_type));
}

/// SQuAD 2.0's JSON: one file, or a folder of train-v2.0.json and dev-v2.0.json.
ImportedPack read(const std::filesystem::path& source, const ImportOptions& options) {
  const bool open_book = is_open_book(options);
  ImportedPack pack;
  pack.task_type = open_book ? "open_book_qa" : "closed_book_qa";
  pack.description = open_book ? "Answer the question with words of the passage. Not every passage "
                                 "holds the answer."
                               : "Answer the question in a few words. Not every question has an "
                                 "answer.";
  pack.licence = "CC-BY-SA-4.0";
  pack.origin = "SQuAD 2.0, Rajpurkar et al. 2018; passages from Wikipedia";
  Articles articles(open_book);
  if (std::filesystem::is_directory(source)) {
    pack.train = articles.read(source / "train-v2.0.json");
    pack.test = articles.read(source / "dev-v2.0.json");
  } else {
    pack.train = articles.read(source);
    split_rows(pack, options, source);
  }
  set_no_answer(pack);
  if (!open_book) pack.unstructured = std::move(articles.passages);
  return pack;
}

}  // namespace

Importer squad2_format() {
  return {
      .name = "squad2", .read = read, .options = "--task-type --description --seed --test-share"};
}

}  // namespace tuneval
