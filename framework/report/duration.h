#pragma once

#include <string>

namespace tuneval {

/// "42s", "3m05s", "2h07m", "4d03h".
std::string duration_text(double seconds);

}  // namespace tuneval
