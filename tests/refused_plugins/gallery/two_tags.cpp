// Two builds linked into one.
#include "marker.h"
#include "one_metric.h"

extern "C" {
TUNEVAL_API extern const char OTHER_TAG[];
const char OTHER_TAG[] = "another";
}

TUNEVAL_PLUGIN("two_tags", "1") { registry.add_metric("two_tags", make_one_metric); }
