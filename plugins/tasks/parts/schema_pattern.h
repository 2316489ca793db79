#pragma once

#include <re2/re2.h>

#include <memory>
#include <string>
#include <string_view>

/// Compiles the regular expression of a schema's "pattern". As JSON Schema has it, and unlike what
/// many engines do: it may match anywhere in a text, "^" and "$" are the ends of the whole text and
/// not of its lines, and "." is a character, not a byte. Matching takes time linear in the text.
///
/// The result is not ok() where RE2 cannot read it: look-around and back-references have no linear
/// time.
std::unique_ptr<const re2::RE2> compile_pattern(std::string_view pattern);
