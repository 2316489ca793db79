#include "tuneval/plugin.h"

namespace {

/// A teacher's verdict on a prediction: good is 1, bad is 0, and an answer that is neither leaves
/// the example unscored (verdict.h). No teacher can be reached from here yet: every example is
/// unscored.
class LlmJudge final : public tuneval::Metric {
 public:
  tuneval::SampleScore score(const tuneval::Example&, const tuneval::Prediction&) const override {
    return tuneval::SampleScore::unscored("no teacher");
  }
};

}  // namespace

TUNEVAL_PLUGIN("llm_judge", "0.1.0") {
  registry.add_metric("llm_judge",
                      [](const tuneval::Config&) { return std::make_shared<LlmJudge>(); });
}
