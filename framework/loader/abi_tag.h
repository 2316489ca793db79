#pragma once

#include <string>
#include <string_view>

namespace tuneval {

/// What every ABI tag begins with.
inline constexpr std::string_view kAbiTagPrefix = "tuneval_abi_";

/// In words, where two ABI tags differ: "LibTorch 2.11.0 in place of 2.15.0, build flavour asan in
/// place of plain". Empty when they are equal; a tag of an unknown form is quoted whole.
std::string difference_of_tags(std::string_view found, std::string_view expected);

}  // namespace tuneval
