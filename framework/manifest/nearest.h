#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tuneval {

/// How many insertions, deletions, replacements and swaps of neighbours lie between two words.
int64_t edit_distance(std::string_view left, std::string_view right);

/// The end of a message about an unknown word: `did you mean "x"?` when one of the known is near,
/// else `known are "a", "b"`; empty when nothing is known.
std::string suggestion(std::string_view unknown, std::span<const std::string> known);

}  // namespace tuneval
