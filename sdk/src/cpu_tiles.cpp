#include "cpu_tiles.h"

#if defined(__AMX_TILE__) && defined(__AMX_BF16__) && defined(__AVX512BF16__)

#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace tuneval::tiles {

namespace {

constexpr int64_t kRowBytes = kDepth * 2;  // of a tile, whatever it holds

/// All eight tiles full. Not a local of `begin`: GCC 12 does not know that its intrinsic reads it.
struct alignas(64) TileConfig {
  uint8_t palette = 1, start_row = 0, reserved[14] = {};
  uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
static_assert(sizeof(TileConfig) == 64 && kRowBytes == 64 && kRows == 16);
const TileConfig kFullTiles;

/// Transposes 16 x 16 values of 32 bits.
inline void transpose(__m512i* rows) {
  __m512i pairs[16], fours[16];
  for (int i = 0; i < 16; i += 2) {
    pairs[i] = _mm512_unpacklo_epi32(rows[i], rows[i + 1]);
    pairs[i + 1] = _mm512_unpackhi_epi32(rows[i], rows[i + 1]);
  }
  for (int i = 0; i < 16; i += 4) {
    fours[i] = _mm512_unpacklo_epi64(pairs[i], pairs[i + 2]);
    fours[i + 1] = _mm512_unpackhi_epi64(pairs[i], pairs[i + 2]);
    fours[i + 2] = _mm512_unpacklo_epi64(pairs[i + 1], pairs[i + 3]);
    fours[i + 3] = _mm512_unpackhi_epi64(pairs[i + 1], pairs[i + 3]);
  }
  for (int i = 0; i < 4; ++i) {
    const __m512i even_a = _mm512_shuffle_i32x4(fours[i], fours[4 + i], 0x88);
    const __m512i even_b = _mm512_shuffle_i32x4(fours[8 + i], fours[12 + i], 0x88);
    const __m512i odd_a = _mm512_shuffle_i32x4(fours[i], fours[4 + i], 0xdd);
    const __m512i odd_b = _mm512_shuffle_i32x4(fours[8 + i], fours[12 + i], 0xdd);
    rows[i] = _mm512_shuffle_i32x4(even_a, even_b, 0x88);
    rows[4 + i] = _mm512_shuffle_i32x4(odd_a, odd_b, 0x88);
    rows[8 + i] = _mm512_shuffle_i32x4(even_a, even_b, 0xdd);
    rows[12 + i] = _mm512_shuffle_i32x4(odd_a, odd_b, 0xdd);
  }
}

inline __mmask16 first(int64_t count) {
  return count >= 16 ? __mmask16(0xffff) : __mmask16((1 << (count < 0 ? 0 : count)) - 1);
}
inline __mmask32 first_halves(int64_t count) {
  return count >= 32 ? ~__mmask32(0) : (__mmask32(1) << (count < 0 ? 0 : count)) - 1;
}

inline __m512 widened(__m256bh halves) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32((__m256i)halves), 16));
}

/// 16 floats into the same place of three tiles.
inline void split_lanes(__m512 x, uint16_t* to) {
  for (int part = 0; part < kParts; ++part) {
    const __m256bh rounded = _mm512_cvtneps_pbh(x);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + part * kTile), (__m256i)rounded);
    x = _mm512_sub_ps(x, widened(rounded));
  }
}

inline int64_t steps_of(int64_t depth) { return (depth + kDepth - 1) / kDepth; }

/// Asks for a tile that is read a step later: the parts lie in the second cache, and the first is
/// half a thread's.
inline void fetch(const uint16_t* tile) {
  for (int64_t row = 0; row < kRows; ++row) __builtin_prefetch(tile + row * kDepth);
}

/// Tiles 0 to 3, as [row tile][column tile], get the sums.
inline void sum(const Panels& panels) {
  const uint16_t *left = panels.left, *right = panels.right;
  for (int64_t step = 0; step < panels.steps; ++step, right += 2 * kTile) {
    _tile_loadd(4, right, kRowBytes);
    _tile_loadd(5, right + kTile, kRowBytes);
    fetch(right + 2 * kTile);
    fetch(right + 3 * kTile);
    for (int part = 0; part < kParts; ++part, left += kTile) {
      _tile_loadd(6, left, kRowBytes);
      fetch(left + kParts * kTile);
      _tile_dpbf16ps(0, 6, 4);
      _tile_dpbf16ps(1, 6, 5);
      _tile_loadd(7, left + panels.left_tile, kRowBytes);
      fetch(left + panels.left_tile + kParts * kTile);
      _tile_dpbf16ps(2, 7, 4);
      _tile_dpbf16ps(3, 7, 5);
    }
  }
}

inline void zero_sums() {
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
}

inline void load_sums(const float* from, int64_t stride) {
  const int64_t bytes = stride * 4;
  _tile_loadd(0, from, bytes);
  _tile_loadd(1, from + kRows, bytes);
  _tile_loadd(2, from + kRows * stride, bytes);
  _tile_loadd(3, from + kRows * stride + kRows, bytes);
}

inline void store_sums(float* to, int64_t stride) {
  const int64_t bytes = stride * 4;
  _tile_stored(0, to, bytes);
  _tile_stored(1, to + kRows, bytes);
  _tile_stored(2, to + kRows * stride, bytes);
  _tile_stored(3, to + kRows * stride + kRows, bytes);
}

bool ask() {
  constexpr int kRequestPermission = 0x1023, kTileData = 18;  // of arch_prctl(2)
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bf16") &&
         __builtin_cpu_supports("amx-tile") && __builtin_cpu_supports("amx-bf16") &&
         syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

}  // namespace

bool usable() {
  static const bool asked = ask();
  return asked;
}

void begin() { _tile_loadconfig(&kFullTiles); }

void end() { _tile_release(); }

void split(const float* x, int64_t stride, int64_t rows, int64_t depth, uint16_t* parts) {
  const int64_t tile = steps_of(depth) * kParts * kTile;
  const int64_t filled = (rows + kPanel - 1) / kPanel * kPanel;
  for (int64_t row = 0; row < filled; ++row) {
    const float* from = x + row * stride;
    uint16_t* to = parts + row / kRows * tile + row % kRows * kDepth;
    for (int64_t at = 0; at < depth; at += kDepth, to += kParts * kTile) {
      const int64_t left = row < rows ? depth - at : 0;
      split_lanes(_mm512_maskz_loadu_ps(first(left), from + at), to);
      split_lanes(_mm512_maskz_loadu_ps(first(left - 16), from + at + 16), to + 16);
    }
  }
}

void pack_rows(const uint16_t* w, int64_t stride, int64_t columns, int64_t depth, uint16_t* panel) {
  for (int64_t at = 0; at < depth; at += kDepth) {
    for (int64_t tile = 0; tile < kPanel; tile += kRows, panel += kTile) {
      __m512i rows[16];
      for (int64_t i = 0; i < kRows; ++i) {
        const __mmask32 valid = tile + i < columns ? first_halves(depth - at) : 0;
        rows[i] = _mm512_maskz_loadu_epi16(valid, w + (tile + i) * stride + at);
      }
      transpose(rows);
      for (int64_t i = 0; i < kRows; ++i) _mm512_storeu_si512(panel + i * kDepth, rows[i]);
    }
  }
}

void pack_columns(const uint16_t* w, int64_t stride, int64_t columns, int64_t depth,
                  uint16_t* panel) {
  const auto load = [&](int64_t row, int64_t column) {
    const __mmask16 valid = row < depth ? first(columns - column) : 0;
    return _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(valid, w + row * stride + column));
  };
  for (int64_t at = 0; at < depth; at += kDepth) {
    for (int64_t tile = 0; tile < kPanel; tile += kRows) {
      for (int64_t i = 0; i < kDepth; i += 2, panel += kDepth) {
        const __m512i upper = _mm512_slli_epi32(load(at + i + 1, tile), 16);
        _mm512_storeu_si512(panel, _mm512_or_si512(load(at + i, tile), upper));
      }
    }
  }
}

void multiply(const Panels& panels) {
  if (panels.rows == kPanel && panels.columns == kPanel) {
    if (panels.adds) {
      load_sums(panels.y, panels.stride);
    } else {
      zero_sums();
    }
    sum(panels);
    store_sums(panels.y, panels.stride);
    return;
  }
  alignas(64) float sums[kPanel * kPanel];
  zero_sums();
  sum(panels);
  store_sums(sums, kPanel);
  for (int64_t row = 0; row < panels.rows; ++row) {
    float* y = panels.y + row * panels.stride;
    for (int64_t column = 0; column < panels.columns; ++column) {
      y[column] = sums[row * kPanel + column] + (panels.adds ? y[column] : 0.0F);
    }
  }
}

void turn(uint16_t* parts, int64_t depth) {
  for (int64_t tile = 0; tile < 2 * kParts * steps_of(depth); ++tile, parts += kTile) {
    __m512i rows[16];
    for (int64_t i = 0; i < kRows; ++i) rows[i] = _mm512_loadu_si512(parts + i * kDepth);
    transpose(rows);
    for (int64_t i = 0; i < kRows; ++i) _mm512_storeu_si512(parts + i * kDepth, rows[i]);
  }
}

namespace {

// Bytes that are asked for ahead of those that are read.
constexpr int64_t kAhead = 16384;

/// A panel of w's rows against one tile of x's rows, or two.
template <bool kTwo>
inline __attribute__((always_inline)) void sum_few(const FewRows& job, const uint16_t* w) {
  const int64_t stride = job.depth * 2, tile = steps_of(job.depth) * kParts * kTile;
  const uint16_t* x = job.x;
  zero_sums();
  const char* ahead = reinterpret_cast<const char*>(w) + kAhead;
  for (int64_t at = 0; at < job.depth; at += kDepth) {
    for (int64_t line = 0; line < kPanel; ++line, ahead += 64) __builtin_prefetch(ahead);
    _tile_loadd(4, w + at, stride);
    _tile_loadd(5, w + kRows * job.depth + at, stride);
    for (int part = 0; part < kParts; ++part, x += kTile) {
      _tile_loadd(6, x, kRowBytes);
      _tile_dpbf16ps(0, 4, 6);
      _tile_dpbf16ps(2, 5, 6);
      if constexpr (kTwo) {
        _tile_loadd(7, x + tile, kRowBytes);
        _tile_dpbf16ps(1, 4, 7);
        _tile_dpbf16ps(3, 5, 7);
      }
    }
  }
}

/// The sums lie as [row of w][row of x]. Rows of w before `from` have been stored already.
inline void store_few(const FewRows& job, const float* sums, int64_t row, int64_t n, int64_t from) {
  __m512i turned[16];
  for (int64_t i = 0; i < kRows; ++i) turned[i] = _mm512_load_si512(sums + i * kPanel);
  transpose(turned);
  const __mmask16 fresh = from > n ? __mmask16(~0U << (from - n > 16 ? 16 : from - n)) : 0xffff;
  for (int64_t i = 0; i < kRows && row + i < job.rows; ++i) {
    _mm512_mask_storeu_epi32(job.y + (row + i) * job.n + n, fresh, turned[i]);
  }
}

}  // namespace

void multiply_few(const FewRows& job, int64_t begin, int64_t end) {
  alignas(64) float sums[kPanel * kPanel];
  for (int64_t from = begin; from < end; from += kPanel) {
    // The last panel begins earlier: what it has in common with the one before is not stored again.
    const int64_t n = from + kPanel <= job.n ? from : job.n - kPanel;
    const uint16_t* w = job.w + n * job.depth;
    job.rows > kRows ? sum_few<true>(job, w) : sum_few<false>(job, w);
    store_sums(sums, kPanel);
    for (int64_t half = 0; half < kPanel; half += kRows) {
      for (int64_t row = 0; row < job.rows; row += kRows) {
        store_few(job, sums + half * kPanel + row, row, n + half, from);
      }
    }
  }
}

}  // namespace tuneval::tiles

#else

namespace tuneval::tiles {

bool usable() { return false; }
void begin() {}
void end() {}
void split(const float*, int64_t, int64_t, int64_t, uint16_t*) {}
void pack_rows(const uint16_t*, int64_t, int64_t, int64_t, uint16_t*) {}
void pack_columns(const uint16_t*, int64_t, int64_t, int64_t, uint16_t*) {}
void multiply(const Panels&) {}
void turn(uint16_t*, int64_t) {}
void multiply_few(const FewRows&, int64_t, int64_t) {}

}  // namespace tuneval::tiles

#endif
