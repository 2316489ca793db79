// Built without tuneval_add_plugin: it exports more than its door.
#include "tuneval/plugin.h"

TUNEVAL_API int shared_counter = 1;
TUNEVAL_API int count_up();
int count_up() { return ++shared_counter; }

struct TUNEVAL_API Talkative final : tuneval::Metric {
  tuneval::SampleScore score(const tuneval::Example&, const tuneval::Prediction& p) const override {
    return tuneval::SampleScore::of(p.parsed ? 1.0 : 0.0);
  }
};

TUNEVAL_PLUGIN("talkative", "1") {
  registry.add_metric("talkative",
                      [](const tuneval::Config&) { return std::make_shared<Talkative>(); });
}
