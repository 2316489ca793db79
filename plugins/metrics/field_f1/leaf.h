#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

/// When two values are equal, and what a list is.
struct Rules {
  bool ordered_lists = false;  ///< else a list's elements may come in any order
  bool loose_text = false;     ///< ASCII case and the amount of whitespace do not matter
  bool loose_numbers = false;  ///< a string that is a number equals that number
};

/// A text that is the same for equal values, and for no others. Null, an empty list and an empty
/// object state nothing, and are left out of what they stand in; by themselves they give an empty
/// text.
std::string canonical(const nlohmann::json& value, const Rules& rules);
