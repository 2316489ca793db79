// A metric in a folder of its own, built against an installed tuneval.
#include "tuneval/metric/text.h"
#include "tuneval/plugin.h"

#include <algorithm>
#include <numeric>
#include <string_view>

namespace {

/// How many bytes have to be put in, taken out or changed (Levenshtein 1966), in one row of memory.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> costs(b.size() + 1);
  std::iota(costs.begin(), costs.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = costs[0]++;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t change = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = costs[j + 1];
      costs[j + 1] = std::min({change, costs[j] + 1, diagonal + 1});
    }
  }
  return costs.back();
}

double similarity(std::string_view a, std::string_view b) {
  const size_t longer = std::max(a.size(), b.size());
  return longer == 0 ? 1.0 : 1.0 - double(edit_distance(a, b)) / double(longer);
}

/// One minus the edit distance to the nearest reference, by the length of the longer text.
class EditSimilarity final : public tuneval::Metric {
 public:
  tuneval::SampleScore score(const tuneval::Example& example,
                             const tuneval::Prediction& prediction) const override {
    if (example.references.empty()) {
      return tuneval::SampleScore::unscored("the example has no reference");
    }
    double best = 0.0;
    for (const std::string& reference : example.references) {
      if (prediction.parsed) best = std::max(best, similarity(prediction.text, reference));
    }
    return tuneval::SampleScore::of(best);
  }
};

}  // namespace

TUNEVAL_PLUGIN("edit_similarity", "0.1.0") {
  registry.add_metric("edit_similarity", [](const tuneval::Config& options) {
    tuneval::check_option_names(options, "edit_similarity", {});
    return std::make_shared<EditSimilarity>();
  });
}
