#include "tuneval/plugin.h"
#include "tuneval/metric/text.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  return result;
}

/// Change this: the share of predictions that equal one of their references, perhaps whatever the
/// case of their letters.
class NewMetric final : public tuneval::Metric {
 public:
  explicit NewMetric(const tuneval::Config& options)
      : ignore_case_(options.flag_or("ignore_case", false)) {}

  /// One example's value, from lowest() to highest(): 0 and 1 unless you override them.
  tuneval::SampleScore score(const tuneval::Example& example,
                             const tuneval::Prediction& prediction) const override {
    if (example.references.empty()) {
      return tuneval::SampleScore::unscored("the example has no reference");
    }
    const bool right = prediction.parsed &&
                       std::ranges::any_of(example.references, [&](const std::string& reference) {
                         return same(prediction.text, reference);
                       });
    return tuneval::SampleScore::of(right ? 1.0 : 0.0);
  }

  // The metric's value is the mean of these. Where that will not do, override `aggregate`; where
  // less is better, `higher_is_better`; to show figures behind the value, `details`.

 private:
  bool same(std::string_view a, std::string_view b) const {
    return ignore_case_ ? lower(a) == lower(b) : a == b;
  }

  bool ignore_case_;
};

}  // namespace

TUNEVAL_PLUGIN("new_metric", "0.1.0") {
  // `options` is [metric_options.new_metric] of a pack.toml.
  registry.add_metric("new_metric", [](const tuneval::Config& options) {
    tuneval::check_option_names(options, "new_metric", {"ignore_case"});
    return std::make_shared<NewMetric>(options);
  });
}
