#include "one_metric.h"

TUNEVAL_PLUGIN("registers_null", "1") { registry.add_metric("nothing", nullptr); }
