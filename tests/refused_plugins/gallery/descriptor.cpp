// A descriptor written by hand, with one field that is wrong.
#include "one_metric.h"

#ifndef SIZE
#define SIZE sizeof(tuneval_plugin_descriptor)
#endif
#ifndef API_VERSION
#define API_VERSION TUNEVAL_API_VERSION
#endif
#ifndef TAG
#define TAG TUNEVAL_ABI_TAG_STRING
#endif
#ifndef NAME
#define NAME "descriptor"
#endif
#ifndef REGISTER_ALL
#define REGISTER_ALL register_all
#endif

[[maybe_unused]] static void register_all(tuneval::Registry& registry) {
  registry.add_metric("descriptor", make_one_metric);
}

extern "C" {
TUNEVAL_API extern const char TUNEVAL_ABI_TAG[];
const char TUNEVAL_ABI_TAG[] = TUNEVAL_ABI_TAG_STRING;
TUNEVAL_API const tuneval_plugin_descriptor* tuneval_plugin_door() {
  static const tuneval_plugin_descriptor descriptor = {SIZE, API_VERSION, TAG,
                                                       NAME, "1",         REGISTER_ALL};
  return &descriptor;
}
}
