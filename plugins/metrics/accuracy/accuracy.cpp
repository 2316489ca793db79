#include "tuneval/metric/text.h"
#include "tuneval/plugin.h"

#include <algorithm>

namespace {

/// The share of examples whose prediction equals one of their references: 0 to 1, higher is better.
class Accuracy final : public tuneval::Metric {
 public:
  tuneval::SampleScore score(const tuneval::Example& example,
                             const tuneval::Prediction& prediction) const override {
    const auto& right = example.references;
    if (right.empty()) return tuneval::SampleScore::unscored("the example has no reference");
    const bool hit = prediction.parsed && std::ranges::find(right, prediction.text) != right.end();
    return tuneval::SampleScore::of(hit ? 1.0 : 0.0);
  }
};

}  // namespace

TUNEVAL_PLUGIN("accuracy", "0.1.0") {
  registry.add_metric("accuracy", [](const tuneval::Config& options) {
    tuneval::check_option_names(options, "accuracy", {});
    return std::make_shared<Accuracy>();
  });
}
