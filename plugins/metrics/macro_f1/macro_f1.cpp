#include "parts/counts.h"
#include "tuneval/metric/text.h"
#include "tuneval/plugin.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace {

/// What was given is what was predicted.
using CountsByClass = std::unordered_map<std::string_view, Counts>;

bool is_right(const tuneval::Example& example, const tuneval::Prediction& prediction) {
  const auto& right = example.references;
  return prediction.parsed && std::ranges::find(right, prediction.text) != right.end();
}

/// Counts by class. An example with several references counts for the one that was predicted, else
/// for the first.
CountsByClass count(std::span<const tuneval::Scored> scored) {
  CountsByClass classes;
  for (const tuneval::Scored& one : scored) {
    const tuneval::Prediction& prediction = *one.prediction;
    const bool right = is_right(*one.example, prediction);
    const std::string& expected = right ? prediction.text : one.example->references.front();
    Counts& counts = classes[expected];
    counts.expected += 1;
    counts.hits += right ? 1 : 0;
    if (prediction.parsed) classes[prediction.text].given += 1;
  }
  return classes;
}

/// The unweighted mean of F1 over the classes that occur as right answers, so that a rare class
/// counts as much as a frequent one. What was not parsed counts as a miss of its class and as no
/// class's hit. From 0 to 1, higher is better.
///
/// Details: accuracy, the macro means of precision and recall, how many were not parsed, and
/// precision, recall, F1 and support of every class that occurs as a right answer, by name.
class MacroF1 final : public tuneval::Metric {
 public:
  tuneval::SampleScore score(const tuneval::Example& example,
                             const tuneval::Prediction& prediction) const override {
    if (example.references.empty()) {
      return tuneval::SampleScore::unscored("the example has no reference");
    }
    return tuneval::SampleScore::of(is_right(example, prediction) ? 1.0 : 0.0);
  }

  double aggregate(std::span<const tuneval::Scored> scored) const override {
    std::vector<double> f1;
    for (const auto& [name, counts] : count(scored)) {
      if (counts.expected > 0) f1.push_back(counts.f1());
    }
    if (f1.empty()) return 0.0;
    std::ranges::sort(f1);  // one order of summation, whatever order the examples came in
    return std::accumulate(f1.begin(), f1.end(), 0.0) / static_cast<double>(f1.size());
  }

  std::vector<tuneval::MetricDetail> details(
      std::span<const tuneval::Scored> scored) const override {
    if (scored.empty()) return {};
    const CountsByClass counted = count(scored);
    const std::map<std::string_view, Counts> classes(counted.begin(), counted.end());
    std::vector<tuneval::MetricDetail> by_class;
    double hits = 0, precision = 0, recall = 0, answers = 0;
    for (const auto& [name, counts] : classes) {
      if (counts.expected == 0) continue;
      add_details(std::string(name), counts, by_class);
      hits += counts.hits;
      precision += counts.precision();
      recall += counts.recall();
      answers += 1;
    }
    const auto unparsed = std::ranges::count_if(
        scored, [](const tuneval::Scored& one) { return !one.prediction->parsed; });
    std::vector<tuneval::MetricDetail> details = {{"accuracy", hits / double(scored.size())},
                                                  {"macro precision", precision / answers},
                                                  {"macro recall", recall / answers},
                                                  {"not parsed", double(unparsed)}};
    details.insert(details.end(), by_class.begin(), by_class.end());
    return details;
  }
};

}  // namespace

TUNEVAL_PLUGIN("macro_f1", "0.1.0") {
  registry.add_metric("macro_f1", [](const tuneval::Config& options) {
    tuneval::check_option_names(options, "macro_f1", {});
    return std::make_shared<MacroF1>();
  });
}
