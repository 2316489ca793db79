#pragma once

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tuneval {

/// The mutations of a right answer as oracle/make_bfcl_verdicts.py makes them, in the same order:
/// what both make must be equal, for the verdicts are stored by their place alone.
namespace bfcl_mutation {

using Json = nlohmann::ordered_json;
using Change = std::function<Json(const Json&)>;  ///< null: it does not apply

inline Json plain(const Json& value);

/// The first possible value; null where there is only "".
inline Json first_value(const Json& values) {
  for (const Json& value : values) {
    if (value != "") return plain(value);
  }
  return nullptr;
}

inline Json plain(const Json& value) {
  const auto is_object = [](const Json& one) { return one.is_object(); };
  if (value.is_object()) {
    Json made = Json::object();
    for (const auto& [key, values] : value.items()) {
      if (Json first = first_value(values); !first.is_null()) made[key] = first;
    }
    return made;
  }
  if (!value.is_array() || std::ranges::none_of(value, is_object)) return value;
  Json made = Json::array();
  for (const Json& one : value) made.push_back(plain(one));
  return made;
}

/// `backwards`: the last possible values.
inline Json right_calls(const Json& answers, bool backwards = false) {
  Json calls = Json::array();
  for (const Json& answer : answers) {
    for (const auto& [name, possible] : answer.items()) {
      Json arguments = Json::object();
      for (const auto& [key, values] : possible.items()) {
        Json ordered = values;
        if (backwards) std::ranges::reverse(ordered);
        if (Json first = first_value(ordered); !first.is_null()) arguments[key] = first;
      }
      calls.push_back({{"name", name}, {"arguments", arguments}});
    }
  }
  return calls;
}

inline Json spaced(const Json& value) {
  if (!value.is_string()) return nullptr;
  std::string text = value;
  std::ranges::replace(text, 'o', 'O');
  return " " + text + " -.";
}

inline Json as_int(const Json& value) {
  if (!value.is_number_float()) return nullptr;
  const auto whole = static_cast<int64_t>(value.get<double>());
  return value.get<double>() == static_cast<double>(whole) ? Json(whole) : Json();
}

inline Json turned(const Json& value) {
  if (!value.is_array() || value.size() < 2) return nullptr;
  Json made = value;
  std::ranges::reverse(made);
  return made;
}

inline Json spaced_inside(const Json& value) {
  const auto is_text = [](const Json& one) { return one.is_string(); };
  if (!value.is_array() || value.empty() || !std::ranges::all_of(value, is_text)) return nullptr;
  Json made = Json::array();
  for (const Json& one : value) made.push_back(spaced(one));
  return made;
}

inline Json one_more(const Json& value) {
  if (value.is_number_float()) return value.get<double>() + 1;
  return value.is_number() ? Json(value.get<int64_t>() + 1) : Json();
}

/// Changes of one argument's value. Setting it to null is told from not applying by the place.
inline std::vector<Change> changes() {
  std::vector<Change> all = {
      spaced,
      [](const Json& v) { return v.is_number_integer() ? Json(v.get<double>()) : Json(); },
      as_int,
      [](const Json& v) { return v.is_number_integer() ? Json(v.dump()) : Json(); },
      [](const Json& v) { return Json::array({v}); },
      [](const Json& v) { return v.is_array() && !v.empty() ? v.front() : Json(); },
      turned,
      spaced_inside,
      [](const Json& v) { return v.is_boolean() ? Json(!v.get<bool>()) : Json(); },
      one_more};
  return all;
}

}  // namespace bfcl_mutation

/// Every mutation of a row's right answer; nothing where one does not apply.
inline std::vector<std::optional<nlohmann::ordered_json>> bfcl_mutations(
    const nlohmann::ordered_json& answers) {
  using namespace bfcl_mutation;
  const Json right = right_calls(answers);
  Json twice = right, fewer = right, backwards = right, named = right, added = right;
  twice.push_back(right.back());
  fewer.erase(fewer.size() - 1);
  std::ranges::reverse(backwards);
  named.back()["name"] = right.back()["name"].get<std::string>() + "x";
  added.back()["arguments"]["zzz"] = 1;
  std::vector<std::optional<Json>> all = {
      right, right_calls(answers, true), twice, fewer, backwards, named, added};
  const Json settings = Json::parse(R"(["", 1, 1.5, true, null, [], {}, "nothing like it"])");
  const Json& arguments = right.back()["arguments"];
  for (size_t at = 0; at < 4; ++at) {
    if (at >= arguments.size()) {
      all.resize(all.size() + 1 + changes().size() + settings.size());
      continue;
    }
    const std::string key = std::next(arguments.begin(), std::ptrdiff_t(at)).key();
    Json dropped = right;
    dropped.back()["arguments"].erase(key);
    all.emplace_back(dropped);
    const auto set = [&](const Json& value) {
      Json calls = right;
      calls.back()["arguments"][key] = value;
      return calls;
    };
    for (const Change& change : changes()) {
      const Json value = change(arguments[key]);
      all.push_back(value.is_null() ? std::nullopt : std::optional(set(value)));
    }
    for (const Json& value : settings) all.emplace_back(set(value));
  }
  return all;
}

}  // namespace tuneval
