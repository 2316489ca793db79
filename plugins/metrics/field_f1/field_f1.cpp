#include "fields.h"
#include "tuneval/metric/text.h"
#include "tuneval/plugin.h"
#include "tuneval/task/tool_calls.h"

#include <nlohmann/json.hpp>

#include <optional>

namespace {

using nlohmann::json;
using tuneval::MetricDetail;

Rules rules_of(const tuneval::Config& options) {
  tuneval::check_option_names(options, "field_f1", {"lists", "text", "numbers"});
  return {.ordered_lists = tuneval::word_option(options, "lists", {"set", "order"}) == "order",
          .loose_text = tuneval::word_option(options, "text", {"exact", "loose"}) == "loose",
          .loose_numbers = tuneval::word_option(options, "numbers", {"typed", "loose"}) == "loose"};
}

/// None where the text is no JSON, in the sense of tool_calls.h: its limit on depth bounds the
/// recursion here.
std::optional<json> read(std::string_view text) {
  if (!tuneval::compact_json(text)) return std::nullopt;
  return json::parse(text);
}

/// What one example shows.
struct Judged {
  Counts counts;
  FieldCounts by_field;
};

/// F1 over the leaves of JSON answers (fields.h says what a leaf is), the best over the references:
/// 0 to 1, higher is better. The metric's value is the mean of the examples' F1. What was not
/// parsed or is no JSON is 0. A reference that is no JSON is left out; with none left the example
/// has no score.
///
/// Strings are equal when they are the same; numbers when their values are (1 and 1.0); a string
/// never equals a number, nor a number true. Options: lists = "set" (default) or "order";
/// text = "exact" (default) or "loose": ASCII case and the amount of whitespace do not matter;
/// numbers = "typed" (default) or "loose": "12" equals 12.
///
/// Details: precision, recall, F1 and support over the leaves of all examples (micro), then for
/// each field that a reference has, and how many leaves were given for other fields.
class FieldF1 final : public tuneval::Metric {
 public:
  explicit FieldF1(const tuneval::Config& options) : rules_(rules_of(options)) {}

  tuneval::SampleScore score(const tuneval::Example& example,
                             const tuneval::Prediction& prediction) const override {
    const std::vector<json> right = references(example);
    if (right.empty()) {
      return tuneval::SampleScore::unscored(example.references.empty()
                                                ? "the example has no reference"
                                                : "the example has no reference that is JSON");
    }
    const std::optional<json> given = answer(prediction);
    if (!given) return tuneval::SampleScore::of(0.0);
    double best = 0.0;
    for (const json& one : right) {
      best = std::max(best, compare(one, *given, rules_, nullptr).f1());
    }
    return tuneval::SampleScore::of(best);
  }

  std::vector<MetricDetail> details(std::span<const tuneval::Scored> scored) const override {
    if (scored.empty()) return {};
    Judged all;
    for (const tuneval::Scored& one : scored) {
      const Judged judged = judge(*one.example, *one.prediction);
      all.counts += judged.counts;
      for (const auto& [name, counts] : judged.by_field) all.by_field[name] += counts;
    }
    std::vector<MetricDetail> details;
    add_details("all fields", all.counts, details);
    double elsewhere = 0;
    for (const auto& [name, counts] : all.by_field) {
      if (counts.expected > 0) {
        add_details(name, counts, details);
      } else {
        elsewhere += counts.given;
      }
    }
    if (elsewhere > 0) details.push_back({"(other fields): given", elsewhere});
    return details;
  }

 private:
  static std::vector<json> references(const tuneval::Example& example) {
    std::vector<json> right;
    for (const std::string& reference : example.references) {
      if (std::optional<json> value = read(reference)) right.push_back(std::move(*value));
    }
    return right;
  }

  static std::optional<json> answer(const tuneval::Prediction& prediction) {
    return prediction.parsed ? read(prediction.text) : std::nullopt;
  }

  /// Against the reference that fits best; the first one where there is no answer.
  Judged judge(const tuneval::Example& example, const tuneval::Prediction& prediction) const {
    const json given = answer(prediction).value_or(nullptr);
    Judged best;
    bool first = true;
    for (const json& one : references(example)) {
      Judged judged;
      judged.counts = compare(one, given, rules_, &judged.by_field);
      if (first || judged.counts.f1() > best.counts.f1()) best = std::move(judged);
      first = false;
    }
    return best;
  }

  Rules rules_;
};

}  // namespace

TUNEVAL_PLUGIN("field_f1", "0.1.0") {
  registry.add_metric("field_f1", [](const tuneval::Config& options) {
    return std::make_shared<FieldF1>(options);
  });
}
