#include "tuneval/metric/text.h"
#include "tuneval/plugin.h"
#include "tuneval/task/tool_calls.h"

namespace {

/// What the completion has to be.
enum class Root { any, object, array };

Root root_of(const tuneval::Config& options) {
  const std::string word = tuneval::word_option(options, "root", {"any", "object", "array"});
  return word == "object" ? Root::object : word == "array" ? Root::array : Root::any;
}

/// The share of completions that are JSON (as tool_calls.h says) from end to end, space around it
/// aside, whether it is of the form that the task asks for or not: 0 to 1, higher is better. Words
/// or a fence around it make it none. An example without a reference counts too.
///
/// Option: root = "any" (default), "object" or "array".
class JsonValid final : public tuneval::Metric {
 public:
  explicit JsonValid(const tuneval::Config& options) : root_(root_of(options)) {
    tuneval::check_option_names(options, "json_valid", {"root"});
  }

  tuneval::SampleScore score(const tuneval::Example&,
                             const tuneval::Prediction& prediction) const override {
    return tuneval::SampleScore::of(is_valid(prediction.completion) ? 1.0 : 0.0);
  }

 private:
  bool is_valid(std::string_view text) const {
    const std::string_view json = tuneval::trim(text);
    // The parser takes a byte order mark, JSON has none.
    if (json.starts_with("\xEF\xBB\xBF")) return false;
    if (root_ == Root::object && !json.starts_with('{')) return false;
    if (root_ == Root::array && !json.starts_with('[')) return false;
    return tuneval::compact_json(json).has_value();
  }

  Root root_;
};

}  // namespace

TUNEVAL_PLUGIN("json_valid", "0.1.0") {
  registry.add_metric("json_valid", [](const tuneval::Config& options) {
    return std::make_shared<JsonValid>(options);
  });
}
