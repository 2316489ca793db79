#include "framework/plan/resources.h"

#include <algorithm>

namespace tuneval {

namespace {

constexpr int64_t kMiB = int64_t{1} << 20;
// The program before it opens a model, and what scoring takes beside weights, cache and logits:
// bench/results/2026-11-24.json, 116 MiB and 57 MiB of which 6 MiB are logits.
constexpr int64_t kProgram = 116 * kMiB, kScoring = 50 * kMiB;
// A cache grows by a quarter, one tensor at a time: half of it more was seen (the same file).
constexpr double kCacheGrowth = 1.5;
// GenerateOptions::cache_tokens; rows of logits at once (framework/generate/decoder.cpp).
constexpr int64_t kCacheTokens = 32768, kLogitRows = 32;
// Tokens computed at once on a CPU, whatever the budget (framework/generate).
constexpr int64_t kMostOnCpu = 512;
// Positions whose logits the loss holds at once (framework/tune/loss.cpp), and how many tensors of
// that size: the logits, and their exponentials that become their gradients.
constexpr int64_t kLossRows = 64, kLossTensors = 2;
// Of the certificate: rows of at most so many tokens (framework/cell/sample_logits.cpp).
constexpr int64_t kSampleTokens = 4 * 512;
// What a line of predictions has beside its texts, and how often the answer's text may stand in it:
// as reference, completion and prediction.
constexpr int64_t kLineBytes = 250, kAnswers = 3;

int64_t float_logits(const ModelCosts& model, int64_t rows) {
  return rows * model.vocabulary * int64_t(sizeof(float));
}

bool on_cpu(const Manifest& manifest) { return manifest.device == "cpu"; }

/// Tokens that scoring computes at once.
int64_t scoring_budget(const Manifest& manifest) {
  const int64_t budget = manifest.scoring.token_budget;
  return on_cpu(manifest) ? std::min(budget, kMostOnCpu) : budget;
}

int64_t cache_slots(const Manifest& manifest, const RowSizes& rows) {
  if (rows.answer == 0) return rows.prompt + scoring_budget(manifest);
  const int64_t at_once = std::min(manifest.scoring.batch_size, std::max<int64_t>(rows.prompts, 1));
  const int64_t own = rows.prompts > 0 ? rows.distinct / rows.prompts + 1 : 0;
  const int64_t prompts = std::min(rows.prompt + at_once * own, kCacheTokens + rows.prompt);
  return prompts + at_once * rows.answer;
}

/// What passes through one layer at once and is kept by nobody.
int64_t passing_bytes(const ModelCosts& model, int64_t tokens) {
  return tokens * model.activation_bytes / model.layers;
}

int64_t scoring_bytes(const ModelCosts& model, const Manifest& manifest, const RowSizes& rows) {
  const auto cache =
      int64_t(kCacheGrowth * double(cache_slots(manifest, rows) * model.cache_bytes));
  const int64_t passing =
      on_cpu(manifest) ? kScoring : passing_bytes(model, scoring_budget(manifest));
  return cache + passing + 2 * float_logits(model, kLogitRows);
}

/// Weights that learn, their gradients, AdamW's two moments, and the best so far.
int64_t trained_bytes(const ModelCosts& model, const Recipe& recipe) {
  const int64_t copies = recipe.validation_ratio > 0 ? 5 : 4;
  if (recipe.adapter == "lora") return copies * model.adapter * int64_t(sizeof(float));
  return copies * model.parameters * model.element_bytes;
}

int64_t tuning_bytes(const ModelCosts& model, const Recipe& recipe, const RowSizes& rows) {
  const int64_t layer = std::max<int64_t>(1, passing_bytes(model, rows.tune_batch));
  const int64_t all = layer * model.layers;
  const int64_t budget = recipe.activation_mib * kMiB;
  int64_t kept = all;
  if (recipe.recompute == "always") kept = 0;
  if (recipe.recompute == "auto") kept = std::min(all, budget / layer * layer);
  // What goes into a layer is kept where the layer is computed twice.
  const int64_t inputs = (all - kept) / layer * rows.tune_batch * model.width;
  // One layer is made again, and its gradients.
  return trained_bytes(model, recipe) + kept + inputs * int64_t(sizeof(float)) + 2 * layer +
         kLossTensors * float_logits(model, kLossRows);
}

/// Merged weights beside the model's own, and the adapter read back.
int64_t certificate_bytes(const ModelCosts& model, const Recipe& recipe) {
  if (recipe.adapter != "lora") return 0;
  return model.adapted * model.element_bytes + 2 * model.adapter * int64_t(sizeof(float)) +
         passing_bytes(model, kSampleTokens) + float_logits(model, kLossRows);
}

}  // namespace

int64_t peak_memory(const ModelCosts& model, const Manifest& manifest, const RowSizes& rows) {
  const Recipe& recipe = manifest.tuning;
  const int64_t adapter = recipe.adapter == "lora" ? model.adapter * int64_t(sizeof(float)) : 0;
  const int64_t scoring = scoring_bytes(model, manifest, rows) + adapter;
  int64_t tuning = tuning_bytes(model, recipe, rows);
  // For the learning curve rows are scored while the optimizer waits.
  if (manifest.scoring.curve) tuning = std::max(tuning, trained_bytes(model, recipe) + scoring);
  const int64_t certificate = certificate_bytes(model, recipe);
  // Where every weight learns, it is one of those that tuning counts.
  const bool whole = recipe.adapter != "lora";
  const int64_t beside = model.weight_bytes + std::max(scoring, certificate);
  const int64_t training = tuning + (whole ? 0 : model.weight_bytes);
  const int64_t program = on_cpu(manifest) ? kProgram : 0;
  return program + std::max({model.load_bytes, beside, training});
}

int64_t disk_use(const ModelCosts& model, const Recipe& recipe, const RowSizes& rows) {
  const int64_t predictions = rows.stages * (rows.prompt_bytes + kAnswers * rows.answer_bytes +
                                             kLineBytes * rows.test_rows);
  const bool lora = recipe.adapter == "lora";
  const int64_t trained =
      lora ? model.adapter * int64_t(sizeof(float)) : model.parameters * model.element_bytes;
  // Weights, two moments, and the best so far.
  const int64_t checkpoint = trained * (recipe.validation_ratio > 0 ? 4 : 3);
  return predictions + (lora ? trained : 0) + 2 * checkpoint;
}

}  // namespace tuneval
