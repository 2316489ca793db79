#include "framework/data/importers/support.h"
#include "tuneval/error.h"
#include "tuneval/metric/text.h"

#include <fmt/format.h>

#include <map>
#include <set>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kTestShare = 5;  // one row in so many of each class is held out

/// Takes every fifth row of each class out of `rows`.
std::vector<ImportedRow> hold_out(std::vector<ImportedRow>& rows) {
  std::vector<ImportedRow> kept, held;
  std::map<std::string, int64_t> count;
  for (ImportedRow& row : rows) {
    const bool out = ++count[row.stratum] % kTestShare == 0;
    (out ? held : kept).push_back(std::move(row));
  }
  rows = std::move(kept);
  return held;
}

std::string or_else(const std::string& given, std::string_view otherwise) {
  return given.empty() ? std::string(otherwise) : given;
}

/// Rows of questions, answers and, where its column is named, passages.
std::vector<ImportedRow> read_answers(const std::filesystem::path& file,
                                      const ImportOptions& options) {
  const std::string question = or_else(options.question_column, "question");
  const std::string answer = or_else(options.answer_column, "answer");
  std::vector<ImportedRow> rows;
  for (const Row& row : read_rows(file)) {
    require_column(row, question, "--question-column");
    require_column(row, answer, "--answer-column");
    if (trim(row.text(question)).empty()) row.fail(question, "is empty");
    ImportedRow taken;
    taken.row["question"] = row.text(question);
    if (!options.context_column.empty()) {
      require_column(row, options.context_column, "--context-column");
      taken.group = row.text(options.context_column);
      if (trim(taken.group).empty()) row.fail(options.context_column, "is empty");
      taken.row["context"] = taken.group;
    }
    taken.row["answer"] = trim(row.text(answer));
    taken.prompt = joined({row.text(question), taken.group});
    taken.where = row.where();
    rows.push_back(std::move(taken));
  }
  if (rows.empty()) throw DataError(fmt::format("{}: holds no rows", file.string()));
  return rows;
}

ImportedPack read_questions(const std::filesystem::path& source, const ImportOptions& options) {
  if (!options.input_column.empty() || !options.label_column.empty()) {
    throw ManifestError(
        "import format \"csv\": --input-column and --label-column name the columns of a "
        "classification, --question-column, --answer-column and --context-column those of "
        "questions: expected one or the other");
  }
  ImportedPack pack;
  const bool open = !options.context_column.empty();
  pack.task_type = open ? "open_book_qa" : "closed_book_qa";
  pack.description =
      open ? "Answer the question from the passage, briefly." : "Answer the question, briefly.";
  if (std::filesystem::is_directory(source)) {
    pack.train = read_answers(source / "train.csv", options);
    pack.test = read_answers(source / "test.csv", options);
  } else {
    pack.train = read_answers(source, options);
    split_rows(pack, options, source);
  }
  set_no_answer(pack);
  return pack;
}

ImportedPack read_classes(const std::filesystem::path& source, const ImportOptions& options) {
  const std::string input = or_else(options.input_column, "input");
  const std::string label = or_else(options.label_column, "label");
  ImportedPack pack;
  pack.task_type = "classification";
  pack.description = "Put the text into the class it belongs to.";
  if (std::filesystem::is_directory(source)) {
    pack.train = labelled_rows(read_labelled_csv(source / "train.csv", input, label));
    pack.test = labelled_rows(read_labelled_csv(source / "test.csv", input, label));
  } else {
    pack.train = labelled_rows(read_labelled_csv(source, input, label));
    if (options.seed || options.test_share) {
      split_rows(pack, options, source);
    } else {
      pack.test = hold_out(pack.train);
    }
  }
  std::set<std::string> classes;
  for (const ImportedRow& row : pack.train) classes.insert(row.stratum);
  for (const ImportedRow& row : pack.test) classes.insert(row.stratum);
  pack.options["classes"] = class_options({classes.begin(), classes.end()});
  return pack;
}

/// Any table: a column of texts and one of classes, or columns of questions, answers and perhaps
/// passages. A folder of train.csv and test.csv, or one .csv file that is split.
ImportedPack read(const std::filesystem::path& source, const ImportOptions& options) {
  const bool questions = !options.question_column.empty() || !options.answer_column.empty() ||
                         !options.context_column.empty();
  ImportedPack pack = questions ? read_questions(source, options) : read_classes(source, options);
  pack.origin = source_name(source);
  return pack;
}

}  // namespace

Importer csv_format() {
  return {.name = "csv",
          .read = read,
          .options =
              "--input-column --label-column --question-column --answer-column "
              "--context-column --description --licence --seed --test-share"};
}

}  // namespace tuneval
