#pragma once

#include <exception>

namespace tuneval {

/// Thrown where work ends because its caller asked it to: what is on the disk is whole, and running
/// again goes on from there. No Error, as nothing is wrong: a cell's edge makes no failure of it.
class Stopped : public std::exception {
 public:
  const char* what() const noexcept override { return "stopped"; }
};

}  // namespace tuneval
