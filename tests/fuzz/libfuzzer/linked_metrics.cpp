// The metrics' plugins, linked in: each has a door of its own name (CMakeLists.txt).
#include "tests/fuzz/targets.h"

extern "C" {
#define METRIC(name) const tuneval_plugin_descriptor* door_of_##name();
#include "metrics.inc"
#undef METRIC
}

namespace tuneval::fuzz {

const Registry& metrics() {
  static const Registry registry = [] {
    Registry made;
    const auto enter = [&](const tuneval_plugin_descriptor& plugin) {
      made.begin_plugin(plugin.name, plugin.version, "linked in");
      plugin.register_all(made);
    };
#define METRIC(name) enter(*door_of_##name());
#include "metrics.inc"
#undef METRIC
    return made;
  }();
  return registry;
}

}  // namespace tuneval::fuzz
