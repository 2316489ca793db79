#pragma once

#include <string>

namespace tuneval::serve {

/// A refusal or failure as OpenAI's API words it.
struct ApiError {
  int status = 400;     ///< of HTTP
  std::string message;  ///< for a person
  std::string type = "invalid_request_error";
  std::string param = {};  ///< the field at fault, e.g. "messages[0].role"; empty: none
  std::string code = {};   ///< e.g. "context_length_exceeded"; empty: none
  int retry_after = 0;     ///< seconds after which asking again may help; 0: says nothing
};

}  // namespace tuneval::serve
