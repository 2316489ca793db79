#include "one_metric.h"

TUNEVAL_PLUGIN("registers_twice", "1") {
  registry.add_metric("twin", make_one_metric);
  registry.add_metric("twin", make_one_metric);
}
