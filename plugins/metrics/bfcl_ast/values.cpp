#include "values.h"

#include "parts/fold.h"
#include "tuneval/task/tool_calls.h"

#include <algorithm>
#include <utility>

namespace bfcl {
namespace {

bool is_numeric(const Json& value) { return value.is_number() || value.is_boolean(); }

/// As JSON text: true is 1 to Python.
std::string number_text(const Json& value) {
  if (value.is_boolean()) return value.get<bool>() ? "1" : "0";
  return value.dump();
}

bool equal_items(const Json& a, const Json& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), equal);
}

bool equal_members(const Json& a, const Json& b) {
  if (a.size() != b.size()) return false;
  return std::ranges::all_of(a.items(), [&](const auto& member) {
    const auto other = b.find(member.key());
    return other != b.end() && equal(member.value(), *other);
  });
}

}  // namespace

Kind kind_of(const Json& value) {
  switch (value.type()) {
    case Json::value_t::boolean: return Kind::boolean;
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned: return Kind::integer;
    case Json::value_t::number_float: return Kind::real;
    case Json::value_t::string: return Kind::text;
    case Json::value_t::array: return Kind::list;
    case Json::value_t::object: return Kind::object;
    default: return Kind::null;
  }
}

std::optional<Kind> kind_named(const Json& type) {
  static const std::pair<std::string_view, Kind> kNames[] = {
      {"string", Kind::text},  {"any", Kind::text},    {"integer", Kind::integer},
      {"float", Kind::real},   {"number", Kind::real}, {"boolean", Kind::boolean},
      {"array", Kind::list},   {"tuple", Kind::list},  {"dict", Kind::object},
      {"object", Kind::object}};
  if (!type.is_string()) return std::nullopt;
  const auto found = std::ranges::find(kNames, type.get_ref<const std::string&>(),
                                       &std::pair<std::string_view, Kind>::first);
  if (found == std::end(kNames)) return std::nullopt;
  return found->second;
}

bool equal(const Json& a, const Json& b) {
  if (is_numeric(a) && is_numeric(b)) return tuneval::same_json(number_text(a), number_text(b));
  if (a.type() != b.type()) return false;
  if (a.is_array()) return equal_items(a, b);
  if (a.is_object()) return equal_members(a, b);
  return a == b;
}

bool contains(const Json& values, const Json& value) {
  return std::ranges::any_of(values, [&](const Json& one) { return equal(one, value); });
}

std::string standardised(std::string_view text) {
  constexpr std::string_view kDropped = " ,./-_*^";
  std::string kept;
  std::ranges::copy_if(text, std::back_inserter(kept),
                       [&](char c) { return kDropped.find(c) == std::string_view::npos; });
  kept = lower(kept);
  std::ranges::replace(kept, '\'', '"');
  return kept;
}

Json standardised_value(const Json& value) {
  return value.is_string() ? Json(standardised(value.get_ref<const std::string&>())) : value;
}

}  // namespace bfcl
