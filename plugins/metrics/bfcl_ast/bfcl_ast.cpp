#include "rules.h"

#include "tuneval/metric/text.h"
#include "tuneval/plugin.h"

#include <algorithm>

namespace {

using bfcl::Expected;
using bfcl::Json;

/// Null for text that is no JSON, or too deep to be walked.
Json parse(const std::string& text) {
  return tuneval::compact_json(text) ? Json::parse(text) : Json();
}

/// Where the leaderboard writes a dot in a function's name, a pack may have to write "_": some
/// models' tools allow no dot.
std::string without_dots(std::string name) {
  std::ranges::replace(name, '.', '_');
  return name;
}

/// The function `name` of an array of OpenAI tools; null when there is none.
Json function_named(const Json& tools, const std::string& name) {
  if (!tools.is_array()) return {};
  for (const Json& tool : tools) {
    if (!tool.is_object() || !tool.contains("function")) continue;
    const Json& function = tool["function"];
    if (function.is_object() && function.value("name", Json()) == name) return function;
  }
  return {};
}

/// The members of `object` named `key`, an object, or none.
Json object_in(const Json& object, const char* key) {
  const Json found = object.is_object() ? object.value(key, Json::object()) : Json::object();
  return found.is_object() ? found : Json::object();
}

/// One function of the notes' "possible_answer" as it is called; `why` says what is wrong with it.
Expected read_expected(const Json& possible, const Json& tools, std::string& why) {
  Expected expected;
  if (!possible.is_object() || possible.size() != 1 || !possible.begin()->is_object()) {
    why = "a possible answer is not of the form {function: {argument: [values]}}";
    return expected;
  }
  expected.name = possible.begin().key();
  expected.possible = *possible.begin();
  Json function = function_named(tools, expected.name);
  if (function.is_null()) {
    expected.name = without_dots(expected.name);
    function = function_named(tools, expected.name);
  }
  if (function.is_null()) why = "no tool has the name of the possible answer";
  const Json parameters = object_in(function, "parameters");
  expected.properties = object_in(parameters, "properties");
  for (const Json& name : parameters.value("required", Json::array())) {
    if (name.is_string()) expected.required.push_back(name);
  }
  for (const Json& values : expected.possible) {
    if (!values.is_array()) why = "the possible values of an argument are not a list";
  }
  return expected;
}

/// The leaderboard's verdict on a single turn: simple, multiple and parallel calls against their
/// possible answers; where the category is irrelevance, no call is the right answer, and text that
/// holds no readable call is none. 1 or 0, higher is better.
class BfclAst final : public tuneval::Metric {
 public:
  tuneval::SampleScore score(const tuneval::Example& example,
                             const tuneval::Prediction& prediction) const override {
    const Json notes = parse(example.notes);
    if (!notes.is_object()) return tuneval::SampleScore::unscored("the example has no notes");
    const auto calls = prediction.parsed ? tuneval::read_calls(prediction.text) : std::nullopt;
    const Json category = notes.value("category", Json(""));
    if (category.is_string() &&
        category.get<std::string>().find("irrelevance") != std::string::npos) {
      return tuneval::SampleScore::of(!calls || calls->empty() ? 1.0 : 0.0);
    }
    Json answers = notes.value("possible_answer", Json());
    if (answers.is_object()) answers = Json::array({answers});
    if (!answers.is_array() || answers.empty()) {
      return tuneval::SampleScore::unscored("the example's notes have no possible answer");
    }
    const Json tools = parse(example.tools);
    std::vector<Expected> expected;
    std::string why;
    for (const Json& answer : answers) expected.push_back(read_expected(answer, tools, why));
    if (!why.empty()) return tuneval::SampleScore::unscored(why);
    return tuneval::SampleScore::of(calls && bfcl::are_right(*calls, expected) ? 1.0 : 0.0);
  }
};

}  // namespace

TUNEVAL_PLUGIN("bfcl_ast", "0.1.0") {
  registry.add_metric("bfcl_ast", [](const tuneval::Config& options) {
    tuneval::check_option_names(options, "bfcl_ast", {});
    return std::make_shared<BfclAst>();
  });
}
