#define LANES 8
#define TILE_M 2
#define TILE_N 4
#define KERNELS kAvx2DecodeKernels
#include "decode_kernels.inc"
