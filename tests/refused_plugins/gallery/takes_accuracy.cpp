// Its second metric has a name that another plugin has taken.
#include "one_metric.h"

TUNEVAL_PLUGIN("takes_accuracy", "1") {
  registry.add_metric("left_behind", make_one_metric);
  registry.add_metric("accuracy", make_one_metric);
}
