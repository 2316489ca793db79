#include "parts/fold.h"
#include "tuneval/metric/text.h"
#include "tuneval/plugin.h"
#include "tuneval/task/tool_calls.h"

#include <algorithm>

namespace {

using tuneval::Config;

bool is_json_container(std::string_view text) {
  return text.starts_with('{') || text.starts_with('[');
}

/// The share of answers that equal one of their references: 0 to 1, higher is better. Whitespace
/// around a text does not count. JSON objects and arrays are equal as values: neither the order of
/// keys nor how a number is written matters. What was not parsed is never equal.
///
/// Options, all false at first: ignore_case (of all Unicode), ignore_punctuation and ignore_digits
/// (of ASCII). They are about text; JSON is compared as it is.
class ExactMatch final : public tuneval::Metric {
 public:
  explicit ExactMatch(const Config& options)
      : ignore_case_(options.flag_or("ignore_case", false)),
        ignore_punctuation_(options.flag_or("ignore_punctuation", false)),
        ignore_digits_(options.flag_or("ignore_digits", false)) {
    tuneval::check_option_names(options, "exact_match",
                                {"ignore_case", "ignore_punctuation", "ignore_digits"});
  }

  tuneval::SampleScore score(const tuneval::Example& example,
                             const tuneval::Prediction& prediction) const override {
    if (example.references.empty()) {
      return tuneval::SampleScore::unscored("the example has no reference");
    }
    if (!prediction.parsed) return tuneval::SampleScore::of(0.0);
    const std::string_view answer = tuneval::trim(prediction.text);
    const std::string text = normal(answer);
    const bool hit = std::ranges::any_of(example.references, [&](const std::string& reference) {
      const std::string_view right = tuneval::trim(reference);
      return normal(right) == text || (is_json_container(right) && is_json_container(answer) &&
                                       tuneval::same_json(right, answer));
    });
    return tuneval::SampleScore::of(hit ? 1.0 : 0.0);
  }

 private:
  std::string normal(std::string_view text) const {
    std::string out = ignore_case_ ? lower(text) : std::string(text);
    std::erase_if(out, [this](char c) {
      return (ignore_punctuation_ && is_punctuation(c)) || (ignore_digits_ && c >= '0' && c <= '9');
    });
    return std::string(tuneval::trim(out));
  }

  bool ignore_case_, ignore_punctuation_, ignore_digits_;
};

}  // namespace

TUNEVAL_PLUGIN("exact_match", "0.1.0") {
  registry.add_metric("exact_match",
                      [](const Config& options) { return std::make_shared<ExactMatch>(options); });
}
