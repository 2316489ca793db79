#pragma once

#include "framework/manifest/recipe.h"

#include <cstdint>

namespace tuneval {

struct LoadedModel;

/// What a model's shape and files say of the work and memory that its cells take.
struct ModelCosts {
  int64_t parameters = 0;
  int64_t body = 0;        ///< parameters that every token passes: all but the vocabulary's
  int64_t vocabulary = 0;  ///< tokens
  int64_t width = 0;       ///< of hidden states
  int64_t layers = 1;
  int64_t adapter = 0;           ///< parameters of the recipe's adapter
  int64_t adapted = 0;           ///< parameters that it stands beside
  int64_t activation_bytes = 0;  ///< that a forward pass keeps of one token, all layers
  int64_t cache_bytes = 0;       ///< of one slot
  int64_t element_bytes = 4;     ///< of the format it is computed in
  int64_t weight_bytes = 0;      ///< held once loaded, the file's own pages included
  int64_t load_bytes = 0;        ///< held at most while loading
};

/// Of a model whose modules are built without memory (at::kMeta), `empty.device` and `empty.dtype`
/// being what it will be computed on and in; gives it the recipe's adapter. Only headers of the
/// folder's weights are read: where they are missing or broken, each parameter counts as stored in
/// what it is computed in. Throws ManifestError for a target that no layer bears.
ModelCosts model_costs(LoadedModel& empty, const Recipe& recipe);

}  // namespace tuneval
