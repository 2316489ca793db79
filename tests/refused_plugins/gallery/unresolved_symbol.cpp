#include "one_metric.h"

namespace elsewhere {
double weigh(int amount);
}

TUNEVAL_PLUGIN("unresolved_symbol", "1") {
  if (elsewhere::weigh(1) > 0) registry.add_metric("unresolved_symbol", make_one_metric);
}
