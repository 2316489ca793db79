#include "framework/manifest/report_section.h"

#include <fmt/format.h>

#include <cmath>

namespace tuneval {
namespace {

void read_choice(const TomlTable& report, const char* key, std::string& field,
                 const std::vector<std::string>& choices) {
  report.read(key, field);
  report.check_one_of(key, field, choices);
}

/// A number between 0 and 1, without the ends.
void read_share(const TomlTable& report, const char* key, double& field) {
  report.read(key, field);
  if (field > 0.0 && field < 1.0) return;
  report.fail(key, fmt::format("is {}: expected a number between 0 and 1", field));
}

}  // namespace

const std::vector<std::string>& report_keys() {
  static const std::vector<std::string> keys = {
      "interval", "ties",  "missing", "score_interval", "multiple", "level",
      "alpha",    "power", "margin",  "resamples",      "formats",  "max_parameters"};
  return keys;
}

void read_report_options(const TomlTable& report, ReportOptions& options) {
  read_choice(
      report, "interval", options.interval,
      {"published", "student_t", "bootstrap_tasks", "bootstrap_examples", "bootstrap_both"});
  read_choice(report, "ties", options.ties, {"min", "average"});
  read_choice(report, "missing", options.missing, {"published", "common", "worst"});
  read_choice(report, "score_interval", options.score_interval,
              {"wilson", "jeffreys", "clopper_pearson", "bootstrap"});
  read_choice(report, "multiple", options.multiple,
              {"holm", "bonferroni", "benjamini_hochberg", "none"});
  read_share(report, "level", options.level);
  read_share(report, "alpha", options.alpha);
  read_share(report, "power", options.power);
  report.read("margin", options.margin);
  if (options.margin && !(*options.margin >= 0.0 && std::isfinite(*options.margin))) {
    report.fail("margin", fmt::format("is {}: expected a number from 0 on", *options.margin));
  }
  report.read("resamples", options.resamples);
  report.check_at_least("resamples", options.resamples, 1000);
  report.read("formats", options.formats);
  for (const std::string& format : options.formats) {
    report.check_one_of(
        "formats", format,
        {"markdown", "csv", "json", "html", "lm-eval", "every-eval-ever", "junit", "mlflow"});
  }
}

}  // namespace tuneval
