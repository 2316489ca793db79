#include "tuneval/metric/text.h"
#include "tuneval/plugin.h"
#include "tuneval/task/tool_calls.h"

#include <nlohmann/json.hpp>

namespace {

bool same_keys(const std::string& a, const std::string& b) {
  const auto left = nlohmann::json::parse(a), right = nlohmann::json::parse(b);
  if (left.size() != right.size()) return false;
  for (const auto& [key, value] : left.items()) {
    if (!right.contains(key)) return false;
  }
  return true;
}

/// The stages that a call passes after that of the number of calls: its name, the keys of its
/// arguments, their values. A stage counts only behind those before it.
int stages_passed(const tuneval::ToolCall& reference, const tuneval::ToolCall& predicted) {
  if (reference.name != predicted.name) return 0;
  if (!same_keys(reference.arguments, predicted.arguments)) return 1;
  return tuneval::same_json(reference.arguments, predicted.arguments) ? 3 : 2;
}

/// A quarter for as many calls as the reference has; then, by position, a quarter for the names,
/// one for the argument keys and one for the argument values. Of several calls each earns its own
/// part of a quarter. Without the first quarter there is no other: with a call too many or too few
/// it is not known which belong together. A right answer without a call is 1.
double closeness(const std::vector<tuneval::ToolCall>& reference,
                 const std::vector<tuneval::ToolCall>& predicted) {
  if (reference.size() != predicted.size()) return 0.0;
  if (reference.empty()) return 1.0;
  int passed = 0;
  for (size_t i = 0; i < reference.size(); ++i) passed += stages_passed(reference[i], predicted[i]);
  return 0.25 + 0.25 * passed / static_cast<double>(reference.size());
}

/// The share of four stages that the calls pass: how far a wrong call is from the right one. From 0
/// to 1, higher is better.
class StagedToolCall final : public tuneval::Metric {
 public:
  tuneval::SampleScore score(const tuneval::Example& example,
                             const tuneval::Prediction& prediction) const override {
    const auto value = tuneval::nearest_calls(example, prediction, closeness);
    if (!value) return tuneval::SampleScore::unscored("no reference is tool calls");
    return tuneval::SampleScore::of(*value);
  }
};

}  // namespace

TUNEVAL_PLUGIN("staged_tool_call", "0.1.0") {
  registry.add_metric("staged_tool_call", [](const tuneval::Config& options) {
    tuneval::check_option_names(options, "staged_tool_call", {});
    return std::make_shared<StagedToolCall>();
  });
}
