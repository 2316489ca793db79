#include "tuneval/metric/text.h"
#include "tuneval/plugin.h"
#include "tuneval/task/tool_calls.h"

#include <algorithm>

namespace {

bool same_call(const tuneval::ToolCall& a, const tuneval::ToolCall& b) {
  return a.name == b.name && tuneval::same_json(a.arguments, b.arguments);
}

/// 1 when the calls are those of a reference, one by one in their order, each with the same name
/// and the same arguments; else 0. A schema's defaults play no part. Higher is better.
class BinaryToolCall final : public tuneval::Metric {
 public:
  tuneval::SampleScore score(const tuneval::Example& example,
                             const tuneval::Prediction& prediction) const override {
    const auto value = tuneval::nearest_calls(
        example, prediction, [](const auto& reference, const auto& predicted) {
          return std::ranges::equal(reference, predicted, same_call) ? 1.0 : 0.0;
        });
    if (!value) return tuneval::SampleScore::unscored("no reference is tool calls");
    return tuneval::SampleScore::of(*value);
  }
};

}  // namespace

TUNEVAL_PLUGIN("binary_tool_call", "0.1.0") {
  registry.add_metric("binary_tool_call", [](const tuneval::Config& options) {
    tuneval::check_option_names(options, "binary_tool_call", {});
    return std::make_shared<BinaryToolCall>();
  });
}
