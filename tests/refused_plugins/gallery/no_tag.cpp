// A shared library like any other, but for its name.
#include "marker.h"

extern "C" int an_export() { return 1; }
