#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace tuneval {

/// A SHA-256 over named parts. Each part is framed by its length, so no two lists of parts give the
/// same bytes.
class ContentHash {
 public:
  ContentHash();
  ~ContentHash();

  void add(std::string_view part);
  /// 64 hexadecimal digits. Called once, last.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tuneval
