#include "tuneval/metric/text.h"
#include "tuneval/plugin.h"
#include "tuneval/task/tool_calls.h"

namespace {

/// What the answer has to be.
enum class Root { any, object, array };

Root root_of(const tuneval::Config& options) {
  const std::string word = tuneval::word_option(options, "root", {"any", "object", "array"});
  return word == "object" ? Root::object : word == "array" ? Root::array : Root::any;
}

/// The share of answers that are JSON (as tool_calls.h says), right or wrong: 0 to 1, higher is
/// better. What was not parsed is none. An example without a reference counts too.
///
/// Option: root = "any" (default), "object" or "array".
class JsonValid final : public tuneval::Metric {
 public:
  explicit JsonValid(const tuneval::Config& options) : root_(root_of(options)) {
    tuneval::check_option_names(options, "json_valid", {"root"});
  }

  tuneval::SampleScore score(const tuneval::Example&,
                             const tuneval::Prediction& prediction) const override {
    return tuneval::SampleScore::of(prediction.parsed && is_valid(prediction.text) ? 1.0 : 0.0);
  }

 private:
  bool is_valid(std::string_view text) const {
    const std::string_view answer = tuneval::trim(text);
    if (answer.starts_with("\xEF\xBB\xBF"))
      return false;  // the parser takes the mark, JSON has none
    if (root_ == Root::object && !answer.starts_with('{')) return false;
    if (root_ == Root::array && !answer.starts_with('[')) return false;
    return tuneval::compact_json(answer).has_value();
  }

  Root root_;
};

}  // namespace

TUNEVAL_PLUGIN("json_valid", "0.1.0") {
  registry.add_metric("json_valid", [](const tuneval::Config& options) {
    return std::make_shared<JsonValid>(options);
  });
}
