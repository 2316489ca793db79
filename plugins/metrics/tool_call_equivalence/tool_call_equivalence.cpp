#include "tuneval/metric/text.h"
#include "tuneval/plugin.h"
#include "tuneval/task/tool_calls.h"

#include <algorithm>

namespace {

/// 1 when the calls do what those of a reference do, one by one in their order: the same name and
/// the same arguments, where an argument equal to its schema's default counts as left out. Else 0.
/// Higher is better.
class ToolCallEquivalence final : public tuneval::Metric {
 public:
  tuneval::SampleScore score(const tuneval::Example& example,
                             const tuneval::Prediction& prediction) const override {
    const auto same_call = [&](const tuneval::ToolCall& a, const tuneval::ToolCall& b) {
      return a.name == b.name &&
             tuneval::same_json(tuneval::with_defaults(a.arguments, example.tools, a.name),
                                tuneval::with_defaults(b.arguments, example.tools, b.name));
    };
    const auto value = tuneval::nearest_calls(
        example, prediction, [&](const auto& reference, const auto& predicted) {
          return std::ranges::equal(reference, predicted, same_call) ? 1.0 : 0.0;
        });
    if (!value) return tuneval::SampleScore::unscored("no reference is tool calls");
    return tuneval::SampleScore::of(*value);
  }
};

}  // namespace

TUNEVAL_PLUGIN("tool_call_equivalence", "0.1.0") {
  registry.add_metric("tool_call_equivalence", [](const tuneval::Config& options) {
    tuneval::check_option_names(options, "tool_call_equivalence", {});
    return std::make_shared<ToolCallEquivalence>();
  });
}
