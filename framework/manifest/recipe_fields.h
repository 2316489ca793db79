#pragma once

#include "framework/manifest/recipe.h"

namespace tuneval {

/// Calls `visit(key, member)` for every member of a Recipe (const or not), in the fixed order. The
/// one list of the recipe's keys: whoever reads or writes recipes goes through it.
template <class AnyRecipe, class Visit>
void visit_recipe(AnyRecipe& recipe, Visit&& visit) {
  visit("adapter", recipe.adapter);
  visit("epochs", recipe.epochs);
  visit("learning_rate", recipe.learning_rate);
  visit("schedule", recipe.schedule);
  visit("warmup_ratio", recipe.warmup_ratio);
  visit("rank", recipe.rank);
  visit("alpha", recipe.alpha);
  visit("dropout", recipe.dropout);
  visit("targets", recipe.targets);
  visit("weight_decay", recipe.weight_decay);
  visit("beta1", recipe.beta1);
  visit("beta2", recipe.beta2);
  visit("epsilon", recipe.epsilon);
  visit("max_grad_norm", recipe.max_grad_norm);
  visit("batch_size", recipe.batch_size);
  visit("accumulation", recipe.accumulation);
  visit("loss", recipe.loss);
  visit("validation_ratio", recipe.validation_ratio);
  visit("validate_every", recipe.validate_every);
  visit("checkpoint_steps", recipe.checkpoint_steps);
  visit("token_budget", recipe.token_budget);
  visit("recompute", recipe.recompute);
  visit("activation_mib", recipe.activation_mib);
  visit("max_length", recipe.max_length);
  visit("seed", recipe.seed);
}

}  // namespace tuneval
