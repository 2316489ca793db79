#define LANES 16
#define TILE_M 4
#define TILE_N 4
#define KERNEL narrow_product_avx512
#include "narrow_product_kernel.inc"
