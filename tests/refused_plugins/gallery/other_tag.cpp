// Built against another SDK or LibTorch: its code must not run.
#include "marker.h"
#include "one_metric.h"
#undef TUNEVAL_ABI_TAG
#define TUNEVAL_ABI_TAG OTHER_TAG

TUNEVAL_PLUGIN("other_tag", "1") { registry.add_metric("other_tag", make_one_metric); }
