#define LANES 4
#define TILE_M 2
#define TILE_N 4
#define KERNELS kPortableCpuKernels
#include "cpu_products.inc"
#include "cpu_rows.inc"

#include "cpu_attention.inc"
