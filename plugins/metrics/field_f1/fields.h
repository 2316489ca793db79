#pragma once

#include "leaf.h"
#include "parts/counts.h"

#include <map>
#include <string>

/// Counts by field. A field's name is the keys that lead to it, as "seller.name"; a list is "[]",
/// as "items[].price". What has too long a name is counted under kLongNames.
using FieldCounts = std::map<std::string, Counts>;
inline constexpr const char* kLongNames = "(long names)";
inline constexpr const char* kWhole = "(whole)";  ///< the answer itself, where it is one leaf

/// Compares an answer with the right one, leaf by leaf.
///
/// A leaf is a string, number, true or false, with the keys that lead to it. In an ordered list the
/// elements are compared place by place, leaf by leaf. In any other list an element is one leaf,
/// whatever it holds: right as a whole or not at all; it is right as often as the other list has
/// it. Null, [] and {} are no leaves: who writes them says as much as who leaves them out. Where
/// `by_field` is given the counts are added to it too.
Counts compare(const nlohmann::json& right, const nlohmann::json& given, const Rules& rules,
               FieldCounts* by_field);
