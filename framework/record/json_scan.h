#pragma once

#include <cstddef>
#include <vector>

namespace tuneval {

/// Follows a text byte by byte by its quotes, brackets and colons, as JSON, whether it is JSON or
/// not: what tells cheaply that reading it would be dear. An object that keeps the order of its
/// keys is searched whole for each further key.
class JsonScan {
 public:
  void take(char c);

  /// Objects and arrays around the place behind the last byte.
  size_t depth() const { return open_.size(); }
  /// Of the object with the most of them so far.
  size_t most_keys() const { return most_keys_; }
  /// Whether a bracket closed one of the other kind, or none.
  bool crossed() const { return crossed_; }

 private:
  struct Open {
    char bracket;
    size_t keys;
  };

  void close(char bracket);

  std::vector<Open> open_;
  size_t most_keys_ = 0;
  bool quoted_ = false, escaped_ = false, crossed_ = false;
};

/// Keys of one object of a text that others wrote: beyond them it is not read.
inline constexpr size_t kMostKeys = 2000;

}  // namespace tuneval
