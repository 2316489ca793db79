#pragma once

/// What crosses the plugin door, in plain C: the descriptor and the ABI tag.

#include "tuneval/abi_tag.h"

#include <cstdint>

#define TUNEVAL_API __attribute__((visibility("default")))

namespace tuneval {
class Registry;
}

/// What a plugin says of itself. The host reads `size` first: the struct may grow at its end.
extern "C" struct tuneval_plugin_descriptor {
  uint32_t size;
  uint32_t api_version;
  const char* abi_tag;
  const char* name;     ///< equals the file's name without ".so"
  const char* version;  ///< the plugin's own version; part of a cell's id
  void (*register_all)(tuneval::Registry&);
};

/// Name of the function that a plugin exports; it returns its descriptor.
#define TUNEVAL_PLUGIN_DOOR_STRING "tuneval_plugin_door"
