#include "framework/model/memory.h"

#include <malloc.h>

namespace tuneval {

void return_large_blocks() {
#ifdef M_MMAP_THRESHOLD
  mallopt(M_MMAP_THRESHOLD, 4 << 20);
#endif
}

}  // namespace tuneval
