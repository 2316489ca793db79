#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

/// JSON values as the leaderboard's program, which is Python, sees them.
namespace bfcl {

using Json = nlohmann::json;

enum class Kind { null, boolean, integer, real, text, list, object };

/// An integer of more than 64 bits counts as real.
Kind kind_of(const Json& value);

/// The kind behind a schema's "type": the leaderboard's names ("dict", "float", "tuple", "any") and
/// JSON Schema's ("object", "number"). Null for any other.
std::optional<Kind> kind_named(const Json& type);

/// Equality as Python has it: 1, 1.0 and true are equal; text is compared by its characters.
bool equal(const Json& a, const Json& b);

/// Whether the list `values` holds an element equal to `value`.
bool contains(const Json& values, const Json& value);

/// Text as it is compared: without spaces and , . / - _ * ^, in lower case, with " for '.
std::string standardised(std::string_view text);

/// `value`, standardised where it is text; inside a list or an object nothing changes.
Json standardised_value(const Json& value);

/// In a list of possible values "" says that the argument may be left out.
inline bool may_be_left_out(const Json& possible) { return contains(possible, ""); }

}  // namespace bfcl
