#include "framework/cli/report_flags.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>

namespace tuneval::cli {
namespace {

/// Between the smallest number above 0 and the largest below 1.
CLI::Range share() {
  return {std::numeric_limits<double>::min(), 1.0 - std::numeric_limits<double>::epsilon()};
}

void add_choice(CLI::App& command, const std::string& flag, std::string& field,
                const std::string& what, const std::vector<std::string>& names) {
  command.add_option(flag, field, fmt::format("{}: {}", what, fmt::join(names, ", ")))
      ->capture_default_str();
}

}  // namespace

void add_report_flags(CLI::App& command, ReportOptions& options) {
  add_choice(command, "--interval", options.interval, "Intervals of mean ranks",
             interval_methods());
  add_choice(command, "--ties", options.ties, "Ranks of equal scores", tie_rules());
  add_choice(command, "--missing", options.missing, "Models that lack a task", missing_rules());
  add_choice(command, "--score-interval", options.score_interval,
             "Intervals of right and wrong answers", score_intervals());
  add_choice(command, "--multiple", options.multiple, "Adjustment for many tests", adjustments());
  command.add_option("--level", options.level, "Of intervals")
      ->capture_default_str()
      ->check(share());
  command.add_option("--alpha", options.alpha, "Of tests")->capture_default_str()->check(share());
  command.add_option("--power", options.power, "Of the differences that test sets can show")
      ->capture_default_str()
      ->check(share());
  command
      .add_option("--margin", options.margin,
                  "By how much a student may lie behind the teacher [as the run had it]")
      ->check(CLI::NonNegativeNumber);
  command.add_option("--resamples", options.resamples, "Draws of the bootstrap")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{1000}, int64_t{10'000'000}));
}

void fill_unset(const CLI::App& command, ReportOptions& options, const ReportOptions& run) {
  const auto fill = [&](const char* flag, auto ReportOptions::*field) {
    if (command.count(flag) == 0) options.*field = run.*field;
  };
  fill("--interval", &ReportOptions::interval);
  fill("--ties", &ReportOptions::ties);
  fill("--missing", &ReportOptions::missing);
  fill("--score-interval", &ReportOptions::score_interval);
  fill("--multiple", &ReportOptions::multiple);
  fill("--level", &ReportOptions::level);
  fill("--alpha", &ReportOptions::alpha);
  fill("--power", &ReportOptions::power);
  fill("--margin", &ReportOptions::margin);
  fill("--resamples", &ReportOptions::resamples);
  options.max_parameters = run.max_parameters;
}

SummaryOptions summary_options(const ReportOptions& options) {
  SummaryOptions summary;
  summary.interval = interval_method(options.interval);
  summary.rules = {tie_rule(options.ties), missing_rule(options.missing)};
  summary.margin = options.margin;
  summary.max_parameters = options.max_parameters;
  summary.verdict.level = options.level;
  summary.verdict.alpha = options.alpha;
  summary.verdict.power = options.power;
  summary.verdict.interval = score_interval(options.score_interval);
  summary.verdict.multiple = adjustment(options.multiple);
  summary.verdict.resamples = options.resamples;
  return summary;
}

}  // namespace tuneval::cli
