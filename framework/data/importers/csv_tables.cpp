#include "framework/data/importers/importer.h"
#include "framework/data/rows.h"
#include "framework/manifest/nearest.h"
#include "tuneval/error.h"
#include "tuneval/metric/text.h"

#include <fmt/format.h>

#include <map>
#include <set>

namespace tuneval {

namespace {

constexpr int64_t kTestShare = 5;  // one row in so many of each class is held out

/// Takes every fifth row of each class out of `rows`.
std::vector<LabelledText> hold_out(std::vector<LabelledText>& rows) {
  std::vector<LabelledText> kept, held;
  std::map<std::string, int64_t> count;
  for (LabelledText& row : rows) {
    const bool out = ++count[row.label] % kTestShare == 0;
    (out ? held : kept).push_back(std::move(row));
  }
  rows = std::move(kept);
  return held;
}

void check_column(const Row& row, const std::string& column, std::string_view option) {
  if (row.has(column)) return;
  throw DataError(fmt::format("{}: no column \"{}\" ({}): {}", row.where(), column, option,
                              suggestion(column, row.keys())));
}

}  // namespace

std::vector<LabelledText> read_labelled_csv(const std::filesystem::path& file,
                                            const std::string& input_column,
                                            const std::string& label_column) {
  std::vector<LabelledText> texts;
  for (const Row& row : read_rows(file)) {
    check_column(row, input_column, "--input-column");
    check_column(row, label_column, "--label-column");
    const LabelledText text{row.text(input_column), std::string(trim(row.text(label_column))),
                            row.where()};
    if (trim(text.input).empty()) row.fail(input_column, "is empty");
    if (text.label.empty()) row.fail(label_column, "is empty");
    texts.push_back(text);
  }
  if (texts.empty()) throw DataError(fmt::format("{}: holds no rows", file.string()));
  return texts;
}

ImportedPack read_csv_tables(const std::filesystem::path& source, const ImportOptions& options) {
  const std::string input = options.input_column.empty() ? "input" : options.input_column;
  const std::string label = options.label_column.empty() ? "label" : options.label_column;
  ImportedPack pack;
  pack.description = options.description.empty() ? "Put the text into the class it belongs to."
                                                 : options.description;
  pack.licence = options.licence;
  const bool is_folder = std::filesystem::is_directory(source);
  // "data/" names the folder data; as a path its last part is empty.
  pack.origin = (source.has_filename() ? source : source.parent_path()).filename().string();
  if (is_folder) {
    pack.train = read_labelled_csv(source / "train.csv", input, label);
    pack.test = read_labelled_csv(source / "test.csv", input, label);
  } else {
    pack.train = read_labelled_csv(source, input, label);
    pack.test = hold_out(pack.train);
  }
  std::set<std::string> classes;
  for (const LabelledText& row : pack.train) classes.insert(row.label);
  for (const LabelledText& row : pack.test) classes.insert(row.label);
  pack.classes.assign(classes.begin(), classes.end());
  return pack;
}

}  // namespace tuneval
