#pragma once

#include "framework/data/importers/importer.h"
#include "framework/data/rows.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// What several importers share.
namespace tuneval {

// ---- rows -------------------------------------------------------------------------------------

/// A row of a classification data set, and the "file:line" it came from.
struct LabelledText {
  std::string input;
  std::string label;
  std::string where;
};

/// {"input", "label"}.
std::vector<ImportedRow> labelled_rows(const std::vector<LabelledText>& texts);

/// The option "classes" of the classification task type: names without descriptions.
nlohmann::ordered_json class_options(const std::vector<std::string>& names);

/// The rows of one table by the names of its two columns; an absent column throws DataError listing
/// those there are.
std::vector<LabelledText> read_labelled_csv(const std::filesystem::path& file,
                                            const std::string& input_column,
                                            const std::string& label_column);

/// Throws DataError when a row lacks the column, naming those it has. `option`: the one that
/// chooses another, or what asks for it.
void require_column(const Row& row, const std::string& column, std::string_view option);

/// Parts of a prompt as one text, equal for parts that differ in whitespace alone; whoever folds it
/// again leaves the parts apart.
std::string joined(const std::vector<std::string_view>& parts);

// ---- sources ----------------------------------------------------------------------------------

/// The last part of a path; "data/" names the folder data.
std::string source_name(const std::filesystem::path& source);

/// A text file without its byte order mark. Bytes that are not UTF-8 throw DataError with the line.
std::string read_text(const std::filesystem::path& file);

/// Rows of a JSON array of objects, or of JSON lines, whatever the file's name; a blank line is
/// skipped. Broken JSON throws DataError with line and column.
std::vector<Row> read_records(const std::filesystem::path& file);

/// A file that holds one JSON object.
Row read_object(const std::filesystem::path& file);

/// The one of `names` that `folder` holds. None, or several, throw DataError.
std::filesystem::path one_of(const std::filesystem::path& folder,
                             const std::vector<std::string>& names);

/// The rows of a source without a fixed split, handed to `take` one by one: a file, whose rows all
/// go to `train`, or a folder of train.* and test.*. True where there were two.
bool read_source(const std::filesystem::path& source, ImportedPack& pack,
                 const std::function<void(const Row&, std::vector<ImportedRow>&)>& take);

// ---- splits -----------------------------------------------------------------------------------

/// Leaves each prompt once in `rows`; what goes is told to `skipped`.
void drop_repeats(std::vector<ImportedRow>& rows, std::vector<Finding>& skipped);

/// Moves a share of `pack.train` to `pack.test`, after its repeated prompts were dropped.
///
/// In each stratum the groups stand in the order of the SHA-256 of seed and name ("row 17" for the
/// 17th row of the stratum, where it has no group); they are taken in that order until the test
/// rows are the share asked for or more. Both splits keep the source's order. Fewer than two groups
/// throw DataError.
void split_rows(ImportedPack& pack, const ImportOptions& options,
                const std::filesystem::path& source);

// ---- answers ----------------------------------------------------------------------------------

/// Where a row of questions and answers has no answer, says in the pack's options what the model is
/// to write then: without it no prompt would tell.
void set_no_answer(ImportedPack& pack);

// ---- personal data ----------------------------------------------------------------------------

/// Makes `pack` one of rows {"input", "output": {"redacted_text", "entities"}}: task type, schema
/// and metrics.
void set_redaction(ImportedPack& pack);

/// Whether an answer has the two keys of a redaction.
bool is_redaction(const nlohmann::ordered_json& answer);

}  // namespace tuneval
