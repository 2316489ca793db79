#define LANES 4
#define TILE_M 2
#define TILE_N 4
#define KERNEL narrow_product_portable
#include "narrow_product_kernel.inc"
