#pragma once

#include <cstdint>
#include <string>

namespace tuneval::cli {

/// "512 B", "340 MiB", "1.2 GiB".
std::string bytes_text(int64_t bytes);
/// "0.4s", then as duration_text: "42s", "3m05s".
std::string time_text(double seconds);
/// "429,968".
std::string grouped_text(int64_t value);

}  // namespace tuneval::cli
