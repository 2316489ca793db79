#pragma once

#include <string_view>

namespace tuneval {

/// What is wrong with a TOML text before it is parsed, as in "it …"; empty where nothing is. The
/// parser bounds how deep values lie in each other, but not how many parts a dotted key has, each
/// of which is a table in the one before: freeing them goes one call deeper for each. And its time
/// grows with the square of some counts, so the text must be of a size that people write.
std::string_view toml_fault(std::string_view text);

}  // namespace tuneval
