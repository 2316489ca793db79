// Every opening of its door registers another name.
#include "tuneval/plugin.h"

namespace {
struct Zero final : tuneval::Metric {
  tuneval::SampleScore score(const tuneval::Example&, const tuneval::Prediction& p) const override {
    return tuneval::SampleScore::of(p.parsed ? 1.0 : 0.0);
  }
};
}  // namespace

TUNEVAL_PLUGIN("registers_anew", "1") {
  static int count = 0;
  registry.add_metric("metric_" + std::to_string(++count),
                      [](const tuneval::Config&) { return std::make_shared<Zero>(); });
}
