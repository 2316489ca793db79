#pragma once

#include <cstdint>

// Products of float32 rows with bfloat16 weights by the processor's matrix tiles (AMX), as exact as
// float32: a float32 is the sum of three bfloat16, 8 bits of its significand each, a product of two
// bfloat16 is exact in float32, and all are summed in float32. Three passes of tiles take a
// fraction of the time of one of vectors.
//
// Compiled for those instructions, so it holds nothing but this (see cpu_kernels.h).
namespace tuneval::tiles {

constexpr int64_t kRows = 16;   // of a tile; also the columns of a tile of sums
constexpr int64_t kDepth = 32;  // elements of a tile's row: a step of the sum
constexpr int64_t kTile = kRows * kDepth;
constexpr int64_t kPanel = 2 * kRows;  // rows, and columns, whose sums are kept in tiles at once
constexpr int64_t kParts = 3;          // bfloat16 of a float32

/// Whether this processor has tiles and the system lets this process use them.
bool usable();

/// A thread sets the tiles up before `multiply` and `multiply_few`, and lets them go afterwards.
void begin();
void end();

/// Rows of x, `stride` floats apart, in parts: [panel of rows][tile of 2][step][part][tile]. What
/// fills up the last panel and the last step is zero.
void split(const float* x, int64_t stride, int64_t rows, int64_t depth, uint16_t* parts);

/// One panel of the right operand: [step][tile of 2][depth in pairs][column][2], zeros as above.
/// Column c is row c of w …
void pack_rows(const uint16_t* w, int64_t stride, int64_t columns, int64_t depth, uint16_t* panel);
/// … or column c of w.
void pack_columns(const uint16_t* w, int64_t stride, int64_t columns, int64_t depth,
                  uint16_t* panel);

/// y [rows, columns], at most a panel each way, `stride` floats from row to row: the sum over
/// `steps` of a panel of rows and one of columns, added to y's where `adds`. The two tiles of rows
/// lie `left_tile` elements from each other.
struct Panels {
  const uint16_t* left;
  int64_t left_tile;
  const uint16_t* right;
  int64_t steps;
  float* y;
  int64_t stride, rows, columns;
  bool adds;
};
void multiply(const Panels& panels);

/// Makes what `split` gave for up to a panel of rows the right operand of `multiply_few`.
void turn(uint16_t* parts, int64_t depth);

/// y [rows, n] = x wᵀ for few rows of x, as `turn` left them: rows [begin, end) of w [n, depth] are
/// read once, where they lie. n is at least a panel; depth is whole steps.
struct FewRows {
  const uint16_t* x;
  const uint16_t* w;
  float* y;
  int64_t rows, n, depth;
};
void multiply_few(const FewRows& job, int64_t begin, int64_t end);

}  // namespace tuneval::tiles
