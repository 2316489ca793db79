#pragma once

#include <cstdint>
#include <random>

namespace tuneval {

/// Random numbers that a seed decides alone, on every system: the generator's sequence is the
/// standard's, and the standard library's distributions, which are each library's own, are not
/// used.
class Draws {
 public:
  explicit Draws(uint64_t seed) : generator_(seed) {}

  /// 64 random bits.
  uint64_t bits() { return generator_(); }
  /// One of 0 … count − 1, all alike; count is at least 1.
  uint64_t below(uint64_t count) {
    while (true) {
      const uint64_t drawn = generator_();
      const uint64_t rest = drawn % count;
      // The last, incomplete run of `count` numbers would favour the small ones.
      if (drawn - rest <= UINT64_MAX - (count - 1)) return rest;
    }
  }
  /// In [0, 1), a multiple of 2⁻⁵³.
  double unit() { return static_cast<double>(generator_() >> 11) * 0x1p-53; }

 private:
  std::mt19937_64 generator_;
};

}  // namespace tuneval
