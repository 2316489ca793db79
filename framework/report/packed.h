#pragma once

#include <string>
#include <string_view>

namespace tuneval {

/// The bytes as one gzip member, the same for the same bytes. Throws RecordError where zlib has no
/// memory.
std::string gzip(std::string_view bytes);

/// RFC 4648, padded, without line breaks.
std::string base64(std::string_view bytes);

/// The digest as a Content-Security-Policy names a script or style: "sha256-…" in base64.
std::string policy_hash(std::string_view bytes);

}  // namespace tuneval
