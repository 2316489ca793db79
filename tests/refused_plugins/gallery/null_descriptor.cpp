#include "tuneval/abi.h"

extern "C" {
TUNEVAL_API extern const char TUNEVAL_ABI_TAG[];
const char TUNEVAL_ABI_TAG[] = TUNEVAL_ABI_TAG_STRING;
TUNEVAL_API const tuneval_plugin_descriptor* tuneval_plugin_door() { return nullptr; }
}
