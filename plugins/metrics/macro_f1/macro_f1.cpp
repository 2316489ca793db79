#include "tuneval/plugin.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace {

/// How often a class was predicted rightly, predicted, and the right answer.
struct Counts {
  double hits = 0, predicted = 0, expected = 0;

  /// 2·precision·recall / (precision + recall), written without its divisions by zero.
  double f1() const { return 2 * hits / (predicted + expected); }
};

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
    if (prediction.parsed) classes[prediction.text].predicted += 1;
  }
  return classes;
}

/// The unweighted mean of F1 over the classes that occur as right answers, so that a rare class
/// counts as much as a frequent one. What was not parsed counts as a miss of its class and as no
/// class's hit.
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
};

}  // namespace

TUNEVAL_PLUGIN("macro_f1", "0.1.0") {
  registry.add_metric("macro_f1", [] { return std::make_shared<MacroF1>(); });
}
