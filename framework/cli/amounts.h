#pragma once

#include <cstdint>
#include <string>

namespace tuneval::cli {

/// "512 B", "340 MiB", "1.2 GiB".
std::string bytes_text(int64_t bytes);
/// "0.4 s", "12 s", "3 min 20 s", "5 h 10 min", "2 d 3 h".
std::string time_text(double seconds);
/// "429,968".
std::string grouped_text(int64_t value);

}  // namespace tuneval::cli
