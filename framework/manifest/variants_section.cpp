#include "framework/manifest/variants_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace tuneval {

namespace {

/// Throws where the list is empty or a value stands in it twice.
template <class Value>
void check_list(const TomlTable& table, const char* key, const std::vector<Value>& values) {
  if (values.empty()) table.fail(key, "is empty: expected one value at least");
  for (const Value& value : values) {
    if (std::ranges::count(values, value) > 1) {
      table.fail(key, fmt::format("holds {} more than once", value));
    }
  }
}

}  // namespace

void read_seeds(const TomlTable& run, Manifest& manifest) {
  run.read("seed", manifest.seed);
  if (!run.has("seeds")) return;
  if (run.has("seed")) {
    run.fail("seeds",
             "stands beside \"seed\": expected \"seed\" for one, or \"seeds\" for several");
  }
  std::vector<uint64_t> seeds;
  run.read("seeds", seeds);
  check_list(run, "seeds", seeds);
  manifest.seed = seeds.front();
  manifest.more_seeds.assign(seeds.begin() + 1, seeds.end());
}

void read_learning_rates(const TomlTable& tuning, bool several_seeds, Manifest& manifest) {
  if (several_seeds && tuning.has("seed")) {
    tuning.fail("seed",
                "stands beside \"seeds\" in [run], which are tuning's too: expected one of "
                "the two");
  }
  if (!tuning.has("learning_rates")) return;
  std::vector<double>& rates = manifest.learning_rates;
  tuning.read("learning_rates", rates);
  check_list(tuning, "learning_rates", rates);
  for (const double rate : rates) {
    if (std::isfinite(rate) && rate > 0.0) continue;
    tuning.fail("learning_rates", fmt::format("holds {}: expected numbers above 0", rate));
  }
  if (manifest.tuning.validation_ratio <= 0.0) {
    tuning.fail(
        "learning_rates",
        "has nothing to choose by: \"validation_ratio\" is 0, so that no rows are held out, "
        "and the test rows must not choose: expected a share above 0");
  }
  std::erase(rates, manifest.tuning.learning_rate);
  if (rates.empty()) {
    tuning.fail("learning_rates", "holds nothing but \"learning_rate\": expected others beside it");
  }
  std::ranges::sort(rates);
}

void read_max_parameters(const TomlTable& report, ReportOptions& options) {
  if (!report.has("max_parameters")) return;
  std::vector<int64_t>& limits = options.max_parameters;
  report.read("max_parameters", limits);
  check_list(report, "max_parameters", limits);
  report.check_at_least("max_parameters", std::ranges::min(limits), 1);
  std::ranges::sort(limits);
}

}  // namespace tuneval
