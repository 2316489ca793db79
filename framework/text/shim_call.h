#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "framework/text/shim/tuneval_text.h"

namespace tuneval::shim {

/// `text` as the shim takes it, borrowed.
inline tuneval_view view(std::string_view text) { return {text.data(), text.size()}; }

/// A text owned by the shim, given back at the end of its scope.
class OwnedString {
 public:
  OwnedString() = default;
  OwnedString(const OwnedString&) = delete;
  OwnedString& operator=(const OwnedString&) = delete;
  ~OwnedString() { tuneval_string_free(string_); }

  tuneval_string* out() { return &string_; }
  std::string_view text() const {
    return string_.data == nullptr ? std::string_view()
                                   : std::string_view(string_.data, string_.size);
  }

 private:
  tuneval_string string_ = {nullptr, 0};
};

/// Runs `call(error)`; throws `Failed` with the shim's message where it fails.
template <class Failed, class Call>
void check(Call&& call) {
  OwnedString error;
  if (std::forward<Call>(call)(error.out()) != TUNEVAL_OK) throw Failed(std::string(error.text()));
}

}  // namespace tuneval::shim
