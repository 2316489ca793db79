#pragma once

#include "framework/manifest/recipe.h"
#include "framework/model/loaded_model.h"

#include <cstdint>
#include <vector>

namespace tuneval {

/// Tokenized examples, split into those trained on and those held out to choose the best weights.
struct Dataset {
  std::vector<TokenizedExample> train, validation;
  std::vector<size_t> held_out;  ///< places of those held out among the examples; ascending
};

/// The split depends on the seed and the number of examples alone. Throws DataError naming the
/// first example that is longer than the recipe or the model allows.
Dataset make_dataset(const LoadedModel& model, const std::vector<Example>& examples,
                     const Recipe& recipe);

/// A permutation of 0 … count − 1 that depends on seed and epoch alone, on every platform.
std::vector<size_t> epoch_order(size_t count, uint64_t seed, int64_t epoch);

}  // namespace tuneval
