#pragma once

#include "framework/data/import.h"

#include <nlohmann/json.hpp>

namespace tuneval {

/// A line of a pack's data file, before it is written.
struct ImportedRow {
  nlohmann::ordered_json row;
  std::string prompt;   ///< what must not stand in both splits, see joined()
  std::string where;    ///< "file:line" it came from, or the nearest to it
  std::string group;    ///< rows of one group stay in one split; empty: a group by itself
  std::string stratum;  ///< a split that is made takes its share of each
};

/// What an importer makes of its source, before anything is written.
struct ImportedPack {
  std::string name;  ///< empty: the destination's
  std::string task_type;
  std::string description;
  std::string licence;  ///< empty: not known
  std::string origin;
  std::vector<std::string> metrics;  ///< empty: the task type's own
  nlohmann::ordered_json options = nlohmann::ordered_json::object();
  nlohmann::ordered_json metric_options = nlohmann::ordered_json::object();  ///< by metric
  std::vector<ImportedRow> train, test;
  std::vector<std::string> unstructured;  ///< passages without questions, for unstructured.jsonl
  std::vector<Finding> skipped;
  std::vector<std::string> notes;
};

/// A format that can be imported: a row of the table in import.cpp, and a file of its own.
struct Importer {
  std::string_view name;
  ImportedPack (*read)(const std::filesystem::path& source, const ImportOptions& options);
  /// The options that it takes, as the command line writes them, between spaces.
  std::string_view options;
};

/// The intent data set of Casanueva et al. 2020 in its published form: a folder of train.csv,
/// test.csv (`text,category`) and categories.json.
ImportedPack read_banking77(const std::filesystem::path& source, const ImportOptions& options);

/// Any table: a column of texts and one of classes, or columns of questions, answers and perhaps
/// passages. A folder of train.csv and test.csv, or one .csv file that is split.
ImportedPack read_csv_tables(const std::filesystem::path& source, const ImportOptions& options);

/// The question classification data of Li and Roth 2002: train_5500.label and TREC_10.label.
ImportedPack read_trec(const std::filesystem::path& source, const ImportOptions& options);

/// SQuAD 2.0's JSON: one file, or a folder of train-v2.0.json and dev-v2.0.json.
ImportedPack read_squad2(const std::filesystem::path& source, const ImportOptions& options);

/// The Berkeley Function Calling Leaderboard's folder: BFCL_v*_<category>.json and
/// possible_answer/.
ImportedPack read_bfcl(const std::filesystem::path& source, const ImportOptions& options);

/// A distil labs folder: job_description.json, config.yaml, train, test and perhaps unstructured.
ImportedPack read_distil(const std::filesystem::path& source, const ImportOptions& options);

/// Presidio's synthetic texts with the spans of personal data in them: one JSON array.
ImportedPack read_presidio(const std::filesystem::path& source, const ImportOptions& options);

/// Rows {"messages", "tools"} as OpenAI's fine-tuning takes them: a file, or a folder of two.
ImportedPack read_messages(const std::filesystem::path& source, const ImportOptions& options);

/// Rows {"instruction", "input", "output"}: a file, or a folder of two.
ImportedPack read_alpaca(const std::filesystem::path& source, const ImportOptions& options);

}  // namespace tuneval
