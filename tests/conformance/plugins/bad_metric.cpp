// A metric that rewards what cannot be parsed, looks at the first example alone and divides by
// zero; one that leaves its own bounds; and one that calls half right the best.
#include "tuneval/plugin.h"

namespace {

struct Overrated final : tuneval::Metric {
  tuneval::SampleScore score(const tuneval::Example&, const tuneval::Prediction& p) const override {
    return tuneval::SampleScore::of(p.parsed ? 1.0 : 0.5);
  }
  double aggregate(std::span<const tuneval::Scored> scored) const override {
    if (scored.empty()) return 0.0 / double(scored.size());
    return scored.front().value;
  }
};

struct Unbounded final : tuneval::Metric {
  tuneval::SampleScore score(const tuneval::Example&, const tuneval::Prediction& p) const override {
    return tuneval::SampleScore::of(p.parsed ? 100.0 : 0.0);
  }
};

struct Lenient final : tuneval::Metric {
  tuneval::SampleScore score(const tuneval::Example&, const tuneval::Prediction& p) const override {
    return p.parsed ? tuneval::SampleScore::of(1.0) : tuneval::SampleScore::unscored("not parsed");
  }
};

}  // namespace

TUNEVAL_PLUGIN("bad_metric", "1") {
  registry.add_metric("overrated",
                      [](const tuneval::Config&) { return std::make_shared<Overrated>(); });
  registry.add_metric("unbounded",
                      [](const tuneval::Config&) { return std::make_shared<Unbounded>(); });
  registry.add_metric("lenient",
                      [](const tuneval::Config&) { return std::make_shared<Lenient>(); });
}
