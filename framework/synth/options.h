#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tuneval {

/// What the teacher is asked for.
enum class SynthMode {
  rows,      ///< new rows
  label,     ///< the answers of inputs that have none
  passages,  ///< so many new rows for each passage
};
const char* to_string(SynthMode mode);  ///< "rows", …

/// How rows are made. The defaults are those of the benchmark where it states them.
struct SynthOptions {
  SynthMode mode = SynthMode::rows;
  int64_t examples = 10'000;  ///< rows wanted; label: at most; passages: of no account
  uint64_t seed = 123;
  std::optional<int64_t> per_call;  ///< rows asked for at once; 4, and 1 for SynthMode::label
  int64_t iteration = 128;          ///< rows asked for before the balance is looked at again
  int64_t seed_rows = 0;            ///< only the first training rows are the seed; 0: all are
  int64_t exemplars = 2;            ///< seed rows shown in a request
  int64_t others = 2;               ///< seed rows of other kinds shown beside them
  std::vector<std::string> mutators = {"complexity", "length", "specificity"};
  /// A request is given one topic of each list.
  std::vector<std::vector<std::string>> topics;
  std::optional<double> temperature;  ///< in place of the teacher's

  int64_t longest = 10'000;           ///< characters of a row, keys included
  double similarity = 0.95;           ///< ROUGE-L to a seed row or an accepted one that is too near
  double leak_similarity = 0.9;       ///< the same to a row of the test split
  bool match_seed_balance = false;    ///< kinds are to be as frequent as in the seed, not all alike
  double balance_slack = 1.25;        ///< no kind gets more than so many times its share
  std::optional<int64_t> most_calls;  ///< 4 times what would do if every row were taken

  std::vector<std::string> inputs;    ///< label: JSON objects, rows without their answer
  bool plain = false;                 ///< label: asked as a student is, with no row shown
  std::vector<std::string> passages;  ///< passages: texts
  int64_t per_passage = 4;

  int64_t rows_a_call() const { return per_call.value_or(mode == SynthMode::label ? 1 : 4); }
};

/// Throws ManifestError for a value out of its range and for options that do not go together.
void check_synth_options(const SynthOptions& options);

}  // namespace tuneval
