#pragma once

#include "framework/data/import.h"

#include <optional>

namespace tuneval {

/// A row of a classification data set, and the "file:line" it came from.
struct LabelledText {
  std::string input;
  std::string label;
  std::string where;
};

/// What an importer makes of its source, before anything is written.
struct ImportedPack {
  std::string name;
  std::string description;
  std::string licence;  ///< empty: not known
  std::string origin;
  std::vector<std::string> classes;
  std::vector<LabelledText> train, test;
};

/// A format that can be imported: a row of the table in import.cpp.
struct Importer {
  std::string_view name;
  ImportedPack (*read)(const std::filesystem::path& source, const ImportOptions& options);
};

/// The intent data set of Casanueva et al. 2020 in its published form: a folder of train.csv,
/// test.csv
/// (`text,category`) and categories.json.
ImportedPack read_banking77(const std::filesystem::path& source, const ImportOptions& options);

/// Any table with a column of texts and one of classes: a folder of train.csv and test.csv, or one
/// .csv file, of which every fifth row of each class goes to the test split.
ImportedPack read_csv_tables(const std::filesystem::path& source, const ImportOptions& options);

/// The rows of one table by the names of its two columns; an absent column throws DataError listing
/// those there are.
std::vector<LabelledText> read_labelled_csv(const std::filesystem::path& file,
                                            const std::string& input_column,
                                            const std::string& label_column);

}  // namespace tuneval
