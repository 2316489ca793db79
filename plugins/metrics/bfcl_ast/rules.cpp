#include "rules.h"

#include <algorithm>

namespace bfcl {
namespace {

/// What a schema says of an argument.
struct Declared {
  Kind kind = Kind::text;
  std::optional<Kind> items;  ///< of a list's elements
};

std::optional<Declared> declared_by(const Json& schema) {
  if (!schema.is_object()) return std::nullopt;
  // JSON Schema has no word for the leaderboard's "any": there a type is left out.
  const std::optional<Kind> kind = kind_named(schema.value("type", Json("any")));
  if (!kind) return std::nullopt;
  Declared declared{*kind, std::nullopt};
  const auto items = schema.find("items");
  if (*kind == Kind::list && items != schema.end() && items->is_object()) {
    declared.items = kind_named(items->value("type", Json()));
  }
  return declared;
}

/// The kind of the first possible value that is not the mark of an optional argument.
std::optional<Kind> first_kind(const Json& possible) {
  for (const Json& value : possible) {
    if (value != "") return kind_of(value);
  }
  return std::nullopt;
}

/// Elements are of the declared kind, or of that of the possible list's first element: an integer
/// is no float here.
bool items_fit(const Json& list, const Json& possible_list, Kind declared) {
  const std::optional<Kind> first = first_kind(possible_list);
  return std::ranges::all_of(
      list, [&](const Json& item) { return kind_of(item) == declared || kind_of(item) == first; });
}

bool type_fits(const Json& value, const Json& possible, const Declared& declared) {
  if (kind_of(value) != declared.kind) return kind_of(value) == first_kind(possible);
  if (!declared.items) return true;
  return std::ranges::any_of(possible, [&](const Json& one) {
    return !one.is_array() || items_fit(value, one, *declared.items);
  });
}

bool text_matches(const Json& value, const Json& possible) {
  const Json wanted = standardised_value(value);
  return std::ranges::any_of(possible, [&](const Json& one) {
    return one.is_string() && standardised_value(one) == wanted;
  });
}

/// Texts in the list are compared standardised, those in lists inside it as they are. The mark of
/// an optional argument stands for an empty list.
bool list_matches(const Json& list, const Json& possible) {
  if (!possible.is_array()) return possible == "" && list.empty();
  return std::ranges::equal(list, possible, [](const Json& a, const Json& b) {
    return equal(standardised_value(a), standardised_value(b));
  });
}

/// `possible` gives for each key the list of its possible values.
bool object_matches(const Json& object, const Json& possible) {
  if (!object.is_object() || !possible.is_object()) return false;
  for (const auto& [key, value] : object.items()) {
    const auto values = possible.find(key);
    if (values == possible.end() || !values->is_array()) return false;
    const Json wanted = standardised_value(value);
    const bool found = std::ranges::any_of(
        *values, [&](const Json& one) { return equal(standardised_value(one), wanted); });
    if (!found) return false;
  }
  return std::ranges::all_of(possible.items(), [&](const auto& member) {
    return object.contains(member.key()) || may_be_left_out(member.value());
  });
}

bool objects_match(const Json& list, const Json& possible) {
  if (!possible.is_array()) return possible == "" && list.empty();
  return std::ranges::equal(list, possible, object_matches);
}

/// A possible value of another kind than the declared one stands for a variable's name, say: it is
/// compared as it is.
bool value_matches(const Json& value, const Json& possible, const Declared& declared) {
  const std::optional<Kind> first = first_kind(possible);
  const bool as_it_is = first && *first != declared.kind;
  const auto any = [&](auto matches) {
    return std::ranges::any_of(possible, [&](const Json& one) { return matches(value, one); });
  };
  if (as_it_is) return contains(possible, value);
  if (declared.kind == Kind::object) return any(object_matches);
  if (declared.kind == Kind::text) return text_matches(value, possible);
  if (declared.kind != Kind::list) return contains(possible, value);
  return declared.items == Kind::object ? any(objects_match) : any(list_matches);
}

/// An argument whose schema has no type known here is compared as it is.
bool argument_fits(Json value, const Json& possible, const Json& schema) {
  const std::optional<Declared> declared = declared_by(schema);
  if (!declared) return contains(possible, value);
  if (declared->kind == Kind::real && kind_of(value) == Kind::integer) value = value.get<double>();
  return type_fits(value, possible, *declared) && value_matches(value, possible, *declared);
}

}  // namespace

bool is_right(const tuneval::ToolCall& call, const Expected& expected) {
  if (call.name != expected.name) return false;
  const Json arguments = Json::parse(call.arguments);
  const auto is_given = [&](const std::string& name) { return arguments.contains(name); };
  if (!std::ranges::all_of(expected.required, is_given)) return false;
  for (const auto& [name, value] : arguments.items()) {
    const auto schema = expected.properties.find(name);
    const auto possible = expected.possible.find(name);
    if (schema == expected.properties.end() || possible == expected.possible.end()) return false;
    if (!argument_fits(value, *possible, *schema)) return false;
  }
  return std::ranges::all_of(expected.possible.items(), [&](const auto& argument) {
    return is_given(argument.key()) || may_be_left_out(argument.value());
  });
}

bool are_right(const std::vector<tuneval::ToolCall>& calls, const std::vector<Expected>& expected) {
  if (calls.size() != expected.size()) return false;
  std::vector<bool> taken(calls.size());
  for (const Expected& one : expected) {
    size_t at = 0;
    while (at < calls.size() && (taken[at] || !is_right(calls[at], one))) ++at;
    if (at == calls.size()) return false;
    taken[at] = true;
  }
  return true;
}

}  // namespace bfcl
