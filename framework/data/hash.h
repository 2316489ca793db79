#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace tuneval {

/// A SHA-256 of bytes, as sha256sum gives it.
class Sha256 {
 public:
  Sha256();
  ~Sha256();

  void add(std::string_view bytes);
  /// 64 hexadecimal digits. Called once, last.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A SHA-256 over named parts. Each part is framed by its length, so no two lists of parts give the
/// same bytes.
class ContentHash {
 public:
  void add(std::string_view part);
  /// 64 hexadecimal digits. Called once, last.
  std::string hex() { return sha_.hex(); }

 private:
  Sha256 sha_;
};

}  // namespace tuneval
