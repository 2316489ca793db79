#pragma once

#include "tuneval/abi.h"

namespace tuneval {

/// Throws the Error that the first product would, where the environment variable TUNEVAL_CPU names
/// no kernels: for the program to say so before anything starts.
TUNEVAL_API void check_cpu_choice();

}  // namespace tuneval
