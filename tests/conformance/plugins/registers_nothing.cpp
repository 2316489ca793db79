#include "tuneval/plugin.h"

TUNEVAL_PLUGIN("registers_nothing", "1") {}
