#include "one_metric.h"

TUNEVAL_PLUGIN("well_named", "1") { registry.add_metric("misnamed", make_one_metric); }
