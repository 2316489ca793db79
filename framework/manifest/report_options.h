#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tuneval {

/// [report]. What the rules and methods mean: docs/statistics.md.
struct ReportOptions {
  /// Of mean ranks: "published", "student_t", "bootstrap_tasks", "bootstrap_examples" or
  /// "bootstrap_both".
  std::string interval = "published";
  std::string ties = "min";           ///< "min" or "average"
  std::string missing = "published";  ///< "published", "common" or "worst"
  /// Of scores that are right and wrong answers: "wilson", "jeffreys", "clopper_pearson" or
  /// "bootstrap".
  std::string score_interval = "wilson";
  std::string multiple = "holm";  ///< "holm", "bonferroni", "benjamini_hochberg" or "none"
  double level = 0.95;            ///< of intervals, between 0 and 1
  double alpha = 0.05;            ///< of tests, between 0 and 1
  double power = 0.8;             ///< of detectable differences, between 0 and 1
  /// By how much a student may lie behind the teacher; none: [teacher] margin. At least 0.
  std::optional<double> margin;
  int64_t resamples = 10'000;  ///< draws of the bootstrap; at least 1000
  std::vector<std::string> formats = {"markdown", "csv", "json", "html"};
  std::vector<int64_t> max_parameters;  ///< sizes that a model is recommended below; ascending
};

}  // namespace tuneval
