#include "one_metric.h"

TUNEVAL_PLUGIN("throws_int", "1") {
  registry.add_metric("left_behind", make_one_metric);
  throw 7;
}
