#include "marker.h"
#include "one_metric.h"

#include <stdexcept>

TUNEVAL_PLUGIN("throws_exception", "1") {
  registry.add_metric("left_behind", make_one_metric);
  throw std::runtime_error("no licence file");
}
