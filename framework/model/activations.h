#pragma once

#include "tuneval/config.h"
#include "tuneval/model/causal_lm.h"

#include <cstdint>

namespace tuneval {

/// What a forward pass keeps of each token for the way back, all layers together, roughly; in
/// float32. Adapters count where they are attached, inputs of weights where those learn.
int64_t activation_bytes_per_token(const CausalLm& lm);

/// The layers of the text model that a config describes; at least 1.
int64_t count_layers(const Config& config);

}  // namespace tuneval
