#pragma once

#include <string>
#include <string_view>

namespace tuneval {

/// The key to a server. It goes into the Authorization header and nowhere else.
class ApiKey {
 public:
  ApiKey() = default;  ///< none
  /// Reads the environment variable `name`; an empty name is no key. `where` is for messages.
  /// Throws TeacherError, which does not show the key, where the variable is missing, empty or no
  /// key.
  static ApiKey from_environment(const std::string& name, std::string_view where);

  bool empty() const { return key_.empty(); }
  std::string header() const { return "Authorization: Bearer " + key_; }
  /// The text with "[key]" where it has the key. A key of less than eight characters is no secret
  /// but what local servers want to see, say "none", and stays.
  std::string redacted(std::string text) const;

 private:
  std::string key_;
};

}  // namespace tuneval
