#pragma once

#include "framework/manifest/teacher_options.h"
#include "framework/teacher/api_key.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace tuneval {

/// Why there is no whole answer.
enum class HttpFailure {
  none,
  no_host,        ///< the name leads to no host
  not_connected,  ///< refused, unreachable, or no TLS there
  untrusted,      ///< the server's certificate is not good, or libcurl has no TLS
  timed_out,
  broken_off,  ///< the connection ended, or what came is no HTTP
  too_large,   ///< more than kLargestAnswer
};

/// Bytes of an answer, unpacked, beyond which it is not read on.
inline constexpr size_t kLargestAnswer = size_t{64} << 20;

struct HttpReply {
  HttpFailure failure = HttpFailure::none;
  std::string reason;  ///< of the failure, in words
  int64_t status = 0;
  std::string body;
  std::optional<double> retry_after;  ///< seconds, whichever form the header had
  std::string leads_to;               ///< of a redirect, which is not followed
};

/// Where chat completions are asked for: base_url and "/chat/completions". Throws TeacherError for
/// a bad URL, with the options' place.
std::string chat_url(const TeacherOptions& options);

/// One connection, kept open between requests. Certificates are verified; proxies are as the
/// environment says, but not to this machine itself. For one thread at a time.
class Http {
 public:
  Http(const std::string& url, const TeacherOptions& options, const ApiKey& key);

  /// Sends a JSON body. Throws TeacherError only where libcurl itself fails.
  HttpReply post(const std::string& body);

 private:
  struct Connection;
  std::shared_ptr<Connection> connection_;
};

}  // namespace tuneval
