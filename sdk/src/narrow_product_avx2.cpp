#define LANES 8
#define TILE_M 2
#define TILE_N 4
#define KERNEL narrow_product_avx2
#include "narrow_product_kernel.inc"
