#include "tuneval/metric/text.h"
#include "tuneval/plugin.h"

namespace {

/// The share of completions that had the form the task asks for, right or wrong: 0 to 1, higher is
/// better. An example without a reference counts too.
class FormatValid final : public tuneval::Metric {
 public:
  tuneval::SampleScore score(const tuneval::Example&,
                             const tuneval::Prediction& prediction) const override {
    return tuneval::SampleScore::of(prediction.parsed ? 1.0 : 0.0);
  }
};

}  // namespace

TUNEVAL_PLUGIN("format_valid", "0.1.0") {
  registry.add_metric("format_valid", [](const tuneval::Config& options) {
    tuneval::check_option_names(options, "format_valid", {});
    return std::make_shared<FormatValid>();
  });
}
