#include "framework/manifest/recipe.h"

#include "framework/manifest/nearest.h"
#include "framework/manifest/recipe_fields.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <set>
#include <span>

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;

/// Collects faults, one a key.
class Checker {
 public:
  void at_least(std::string_view key, int64_t value, int64_t lowest) {
    if (value < lowest) complain(key, fmt::format("is {}: expected at least {}", value, lowest));
  }
  void positive(std::string_view key, double value) {
    if (!(std::isfinite(value) && value > 0.0)) {
      complain(key, fmt::format("is {}: expected a number above 0", value));
    }
  }
  void not_negative(std::string_view key, double value) {
    if (!(std::isfinite(value) && value >= 0.0)) {
      complain(key, fmt::format("is {}: expected 0 or more", value));
    }
  }
  /// From 0 on, below 1.
  void share(std::string_view key, double value) {
    if (!(value >= 0.0 && value < 1.0)) {
      complain(key, fmt::format("is {}: expected 0 or more and less than 1", value));
    }
  }
  void one_of(std::string_view key, const std::string& value,
              std::initializer_list<std::string_view> choices) {
    if (std::ranges::find(choices, std::string_view(value)) == choices.end()) {
      complain(key,
               fmt::format("is \"{}\": expected \"{}\"", value, fmt::join(choices, "\" or \"")));
    }
  }
  void targets(const std::vector<std::string>& names) {
    if (names.empty()) return complain("targets", "is empty: expected \"all-linear\" or names");
    const std::set<std::string> distinct(names.begin(), names.end());
    if (distinct.contains("")) return complain("targets", "holds an empty name");
    if (distinct.size() != names.size()) return complain("targets", "names a layer twice");
    if (distinct.contains("all-linear") && names.size() > 1) {
      complain("targets", "holds \"all-linear\" beside other names: expected it alone");
    }
  }
  void complain(std::string_view key, std::string message) {
    faults.push_back({std::string(key), std::move(message)});
  }

  std::vector<RecipeFault> faults;
};

/// One member out of JSON; `fail` throws with "where: \"key\" ".
struct FieldReader {
  const Json& value;
  std::string prefix;

  [[noreturn]] void fail(std::string_view expected) const {
    throw RecordError(fmt::format("{} is {}: expected {}", prefix, value.dump(), expected));
  }
  void operator()(std::string& field) const {
    if (!value.is_string()) fail("a text");
    field = value.get<std::string>();
  }
  void operator()(int64_t& field) const {
    if (!value.is_number_integer()) fail("an integer");
    field = value.get<int64_t>();
  }
  void operator()(uint64_t& field) const {
    if (!value.is_number_integer() || (!value.is_number_unsigned() && value < 0)) {
      fail("an integer from 0 on");
    }
    field = value.get<uint64_t>();
  }
  void operator()(double& field) const {
    if (!value.is_number()) fail("a number");
    field = value.get<double>();
  }
  void operator()(std::vector<std::string>& field) const {
    const auto is_text = [](const Json& item) { return item.is_string(); };
    if (!value.is_array() || !std::ranges::all_of(value, is_text)) fail("an array of texts");
    field = value.get<std::vector<std::string>>();
  }
};

}  // namespace

std::vector<RecipeFault> check_recipe(const Recipe& recipe) {
  Checker check;
  check.one_of("adapter", recipe.adapter, {"lora", "none"});
  check.at_least("epochs", recipe.epochs, 1);
  check.positive("learning_rate", recipe.learning_rate);
  check.one_of("schedule", recipe.schedule, {"linear", "cosine", "constant"});
  check.share("warmup_ratio", recipe.warmup_ratio);
  check.at_least("rank", recipe.rank, 1);
  check.positive("alpha", recipe.alpha);
  check.share("dropout", recipe.dropout);
  check.targets(recipe.targets);
  check.not_negative("weight_decay", recipe.weight_decay);
  check.share("beta1", recipe.beta1);
  check.share("beta2", recipe.beta2);
  check.positive("epsilon", recipe.epsilon);
  check.not_negative("max_grad_norm", recipe.max_grad_norm);
  check.at_least("batch_size", recipe.batch_size, 1);
  check.at_least("accumulation", recipe.accumulation, 1);
  check.one_of("loss", recipe.loss, {"completion", "all"});
  check.share("validation_ratio", recipe.validation_ratio);
  check.at_least("validate_every", recipe.validate_every, 0);
  check.at_least("checkpoint_steps", recipe.checkpoint_steps, 0);
  check.at_least("token_budget", recipe.token_budget, 1);
  check.one_of("recompute", recipe.recompute, {"auto", "always", "never"});
  check.at_least("activation_mib", recipe.activation_mib, 0);
  check.at_least("max_length", recipe.max_length, 0);
  return std::move(check.faults);
}

nlohmann::ordered_json to_json(const Recipe& recipe) {
  Json json = Json::object();
  visit_recipe(recipe, [&](const char* key, const auto& value) { json[key] = value; });
  return json;
}

nlohmann::ordered_json recipe_identity(const Recipe& recipe) {
  Json json = to_json(recipe);
  json.erase("checkpoint_steps");
  json.erase("recompute");
  json.erase("activation_mib");
  if (recipe.adapter == "none") {
    for (const char* key : {"rank", "alpha", "dropout", "targets"}) json.erase(key);
  }
  return json;
}

Recipe recipe_from_json(const nlohmann::ordered_json& json, std::string_view where) {
  if (!json.is_object()) {
    throw RecordError(fmt::format("{}: the recipe is {}: expected an object", where, json.dump()));
  }
  for (const auto& item : json.items()) {
    if (std::ranges::find(recipe_keys(), item.key()) == recipe_keys().end()) {
      throw RecordError(fmt::format("{}: unknown key \"{}\" in the recipe: {}", where, item.key(),
                                    suggestion(item.key(), recipe_keys())));
    }
  }
  Recipe recipe;
  visit_recipe(recipe, [&](const char* key, auto& field) {
    const auto found = json.find(key);
    if (found != json.end()) FieldReader{*found, fmt::format("{}: \"{}\"", where, key)}(field);
  });
  const std::vector<RecipeFault> faults = check_recipe(recipe);
  if (!faults.empty()) {
    throw RecordError(fmt::format("{}: \"{}\" {}", where, faults[0].key, faults[0].message));
  }
  return recipe;
}

const std::vector<std::string>& recipe_keys() {
  static const std::vector<std::string> keys = [] {
    std::vector<std::string> names;
    const Recipe recipe;
    visit_recipe(recipe, [&](const char* key, const auto&) { names.emplace_back(key); });
    return names;
  }();
  return keys;
}

}  // namespace tuneval
