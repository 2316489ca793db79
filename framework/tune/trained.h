#pragma once

#include "framework/manifest/recipe.h"
#include "framework/model/loaded_model.h"
#include "framework/tune/checkpoint.h"

namespace tuneval {

/// The parameters that a recipe trains, by name and ready for gradients: those of a fresh adapter,
/// which is attached, or with `adapter = "none"` the model's own.
NamedTensors start_training(LoadedModel& model, const Recipe& recipe);

/// Gives parameters the values of their names. Throws RecordError where one is missing or of
/// another shape.
void copy_into(const NamedTensors& parameters, const NamedTensors& values);
NamedTensors copy_of(const NamedTensors& parameters);

}  // namespace tuneval
