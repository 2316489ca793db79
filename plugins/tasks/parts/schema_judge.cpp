#include "parts/schema_judge.h"

#include "parts/utf8.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>

using Json = nlohmann::json;
using Kind = SchemaFault::Kind;

namespace {

/// Schemas inside each other, along a value: bounds the recursion.
constexpr int kDeepest = 1000;

/// Makes the path longer as long as it lives.
class Step {
 public:
  Step(std::vector<PathStep>& path, PathStep step) : path_(path) { path_.push_back(step); }
  ~Step() { path_.pop_back(); }
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

 private:
  std::vector<PathStep>& path_;
};

/// Raises a count as long as it lives.
class Level {
 public:
  explicit Level(int& count) : count_(count) { ++count_; }
  ~Level() { --count_; }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;

 private:
  int& count_;
};

bool is_integer(const Json& value) {
  if (value.is_number_integer()) return true;
  return value.is_number_float() && std::trunc(value.get<double>()) == value.get<double>();
}

bool has_type(const Json& value, const Json& type) {
  const auto& name = type.get_ref<const std::string&>();
  if (name == "integer") return is_integer(value);
  return name == (value.is_number() ? "number" : value.type_name());
}

bool value_word(const std::string& word, const Json& what, const Json& value) {
  if (word == "const") return value == what;
  if (word == "enum") return std::ranges::find(what, value) != what.end();
  if (what.is_string()) return has_type(value, what);
  return std::ranges::any_of(what, [&](const Json& type) { return has_type(value, type); });
}

bool is_multiple(double value, double step) {
  const double times = value / step;
  return std::abs(times - std::round(times)) <= 1e-9 * std::max(1.0, std::abs(times));
}

bool number_word(const std::string& word, const Json& what, const Json& value) {
  if (word == "minimum") return value >= what;
  if (word == "maximum") return value <= what;
  if (word == "exclusiveMinimum") return value > what;
  if (word == "exclusiveMaximum") return value < what;
  return is_multiple(value.get<double>(), what.get<double>());
}

bool all_differ(const Json& array) {
  std::vector<const Json*> items;
  for (const Json& item : array) items.push_back(&item);
  const auto less = [](const Json* a, const Json* b) { return *a < *b; };
  const auto same = [](const Json* a, const Json* b) { return *a == *b; };
  std::ranges::sort(items, less);
  return std::ranges::adjacent_find(items, same) == items.end();
}

/// Of the words that begin with "min" or "max".
bool is_within(const std::string& word, size_t count, const Json& limit) {
  const auto bound = limit.get<double>();
  return word.starts_with("min") ? double(count) >= bound : double(count) <= bound;
}

const Json* find(const Json& object, const std::string& key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

}  // namespace

bool SchemaJudge::fits(const Json& schema, const Json& value) {
  return holds(schema, value) && fault_.kind != Kind::too_deep;
}

bool SchemaJudge::fails(SchemaFault fault) {
  const bool too_deep = fault.kind == Kind::too_deep;
  if (too_deep || (quiet_ == 0 && fault_.kind == Kind::none)) {
    fault.path = path_;
    fault_ = std::move(fault);
  }
  return false;
}

/// Once a value lies too deep nothing holds any more: no word like "not" may turn that into a yes.
bool SchemaJudge::holds(const Json& schema, const Json& value) {
  if (fault_.kind == Kind::too_deep) return false;
  if (schema.is_boolean()) {
    return schema.get<bool>() || fails({.kind = Kind::not_allowed, .value = &value});
  }
  const Level level(depth_);
  if (depth_ > kDeepest) return fails({.kind = Kind::too_deep, .value = &value});
  for (auto at = schema.begin(); at != schema.end(); ++at) {
    if (word_holds(at.key(), *at, schema, value)) continue;
    return fails({Kind::word, at.key(), &*at, &schema, &value, {}});
  }
  return true;
}

bool SchemaJudge::holds_quietly(const Json& schema, const Json& value) {
  const Level level(quiet_);
  return holds(schema, value);
}

/// A "no" that left no fault behind is found again where the fault is asked for: once at most, as
/// the first fault ends the walk.
bool SchemaJudge::target_holds(const Json& target, const Json& value) {
  const std::pair key(&target, &value);
  if (const auto known = verdicts_.find(key);
      known != verdicts_.end() && (known->second || quiet_ > 0)) {
    return known->second;
  }
  return verdicts_[key] = holds(target, value);
}

bool SchemaJudge::word_holds(const std::string& word, const Json& what, const Json& schema,
                             const Json& value) {
  switch (kind_of_word(word)) {
    case SchemaWord::any_value: return value_word(word, what, value);
    case SchemaWord::object: return !value.is_object() || object_word(word, what, schema, value);
    case SchemaWord::array: return !value.is_array() || array_word(word, what, schema, value);
    case SchemaWord::string:
      return !value.is_string() || string_word(word, what, value.get_ref<const std::string&>());
    case SchemaWord::number: return !value.is_number() || number_word(word, what, value);
    case SchemaWord::combine: return combine_word(word, what, value);
    case SchemaWord::describe:
    case SchemaWord::unknown: break;
  }
  return true;
}

bool SchemaJudge::object_word(const std::string& word, const Json& what, const Json& schema,
                              const Json& value) {
  if (word == "required") return has_all(what, value);
  if (word == "properties") return members_hold(what, value);
  if (word == "additionalProperties") return others_hold(what, schema, value);
  return is_within(word, value.size(), what);
}

bool SchemaJudge::has_all(const Json& names, const Json& value) {
  for (const Json& one : names) {
    const auto& name = one.get_ref<const std::string&>();
    if (value.contains(name)) continue;
    const Step step(path_, {&name});
    return fails({.kind = Kind::missing});
  }
  return true;
}

bool SchemaJudge::members_hold(const Json& rules, const Json& value) {
  for (auto at = value.begin(); at != value.end(); ++at) {
    const Json* rule = find(rules, at.key());
    if (!rule) continue;
    const Step step(path_, {&at.key()});
    if (!holds(*rule, *at)) return false;
  }
  return true;
}

bool SchemaJudge::others_hold(const Json& rule, const Json& schema, const Json& value) {
  const Json* named = find(schema, "properties");
  for (auto at = value.begin(); at != value.end(); ++at) {
    if (named && named->contains(at.key())) continue;
    const Step step(path_, {&at.key()});
    if (rule == false) return fails({.kind = Kind::not_allowed, .schema = &schema, .value = &*at});
    if (!holds(rule, *at)) return false;
  }
  return true;
}

bool SchemaJudge::array_word(const std::string& word, const Json& what, const Json& schema,
                             const Json& value) {
  if (word == "uniqueItems") return what == false || all_differ(value);
  if (word != "items" && word != "prefixItems") return is_within(word, value.size(), what);
  const Json* first = find(schema, "prefixItems");
  const bool prefix = word == "prefixItems";
  const size_t begin = prefix || !first ? 0 : first->size();
  const size_t end = prefix ? std::min(what.size(), value.size()) : value.size();
  for (size_t i = begin; i < end; ++i) {
    const Step step(path_, {nullptr, i});
    if (!holds(prefix ? what[i] : what, value[i])) return false;
  }
  return true;
}

bool SchemaJudge::string_word(const std::string& word, const Json& what,
                              const std::string& text) const {
  if (word != "pattern") return is_within(word, count_characters(text), what);
  return re2::RE2::PartialMatch(text, *parts_.patterns.at(what.get_ref<const std::string&>()));
}

bool SchemaJudge::combine_word(const std::string& word, const Json& what, const Json& value) {
  const auto fits_quietly = [&](const Json& one) { return holds_quietly(one, value); };
  if (word == "$ref") {
    return target_holds(*parts_.targets.at(what.get_ref<const std::string&>()), value);
  }
  if (word == "not") return !fits_quietly(what);
  if (word == "anyOf") return std::ranges::any_of(what, fits_quietly);
  if (word == "allOf") {
    return std::ranges::all_of(what, [&](const Json& one) { return holds(one, value); });
  }
  const auto first = std::ranges::find_if(what, fits_quietly);
  return first != what.end() && std::none_of(std::next(first), what.end(), fits_quietly);
}
