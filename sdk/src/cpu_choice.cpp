#include "cpu_choice.h"

#include "cpu_kernels.h"
#include "cpu_tiles.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

namespace tuneval {

namespace {

enum class Level { portable, avx2, avx512, tiles };

Level best_level() {
#if defined(__x86_64__)
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  if (avx512) return tiles::usable() ? Level::tiles : Level::avx512;
  if (avx2) return Level::avx2;
#endif
  return Level::portable;
}

Level allowed_level() {
  constexpr std::array<std::string_view, 4> kNames = {"portable", "avx2", "avx512", "tiles"};
  const char* name = std::getenv("TUNEVAL_CPU");
  if (!name || !*name) return Level::tiles;
  const auto found = std::ranges::find(kNames, std::string_view(name));
  if (found != kNames.end()) return Level(found - kNames.begin());
  throw Error(fmt::format("TUNEVAL_CPU is \"{}\": expected portable, avx2, avx512 or tiles", name));
}

Level level() {
  static const Level chosen = std::min(best_level(), allowed_level());
  return chosen;
}

}  // namespace

const CpuKernels& cpu_kernels() {
#if defined(__x86_64__)
  if (level() >= Level::avx512) return kAvx512CpuKernels;
  if (level() == Level::avx2) return kAvx2CpuKernels;
#endif
  return kPortableCpuKernels;
}

void check_cpu_choice() { static_cast<void>(allowed_level()); }

bool has_tiles() { return level() == Level::tiles; }

}  // namespace tuneval
