#define LANES 16
#define TILE_M 4
#define TILE_N 4
#define KERNELS kAvx512CpuKernels
#include "cpu_products.inc"
#include "cpu_rows.inc"

#include "cpu_attention.inc"
