#include "framework/tune/tune.h"

#include "framework/tune/checkpoint.h"
#include "framework/tune/dataset.h"
#include "framework/tune/learning_curve.h"
#include "framework/tune/loss.h"
#include "framework/tune/optimizer.h"
#include "framework/tune/recompute_rule.h"
#include "framework/tune/schedule.h"
#include "framework/tune/step_values.h"
#include "framework/tune/trained.h"
#include "framework/tune/validation.h"
#include "tuneval/error.h"
#include "tuneval/layers/recompute.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <chrono>
#include <cmath>

namespace tuneval {

namespace {

// With checkpoint_steps = 0 a checkpoint is written this often, and at each epoch's end.
constexpr std::chrono::seconds kCheckpointEvery{300};

using Clock = std::chrono::steady_clock;

/// A step that the device has been given to do.
struct TakenStep {
  int64_t step = 0;
  double rate = 0.0;
  StepValues values;
  int64_t computed = 0;  // tokens, of all steps so far in this process
};

/// The tuning of one cell: the loop is `run`.
class Tuning {
 public:
  Tuning(LoadedModel& model, const std::vector<Example>& examples, const Recipe& recipe,
         const TuneOptions& options)
      : model_(model),
        recipe_(recipe),
        options_(options),
        dataset_(make_dataset(model, examples, recipe)),
        loss_on_(recipe.loss == "all" ? LossOn::all : LossOn::completion),
        trained_(start_training(model, recipe)),
        optimizer_(trained_, recipe),
        recompute_rule_(model, recipe) {
    if (options.score) {
      for (const size_t index : dataset_.held_out) held_out_.push_back(examples[index]);
    }
    const int64_t rows = recipe.batch_size * recipe.accumulation;
    steps_per_epoch_ = (int64_t(dataset_.train.size()) + rows - 1) / rows;
    steps_ = steps_per_epoch_ * recipe.epochs;
    warmup_ = warmup_steps(recipe.warmup_ratio, steps_);
  }

  TuneSummary run();

 private:
  void resume();
  std::vector<const TokenizedExample*> rows_of_step(int64_t step) const;
  TakenStep train_step(int64_t step);
  at::Tensor add_gradients(int64_t step);
  StepValues change_weights(double rate, const at::Tensor& loss);
  void note(TakenStep& taken);
  void tell(const TakenStep& taken) const;
  bool validation_is_due(int64_t step) const;
  void validate(int64_t step);
  bool score_is_due(int64_t step) const;
  void score(int64_t step);
  TuneEpoch* point_at(int64_t step);
  bool checkpoint_is_due(int64_t step) const;
  void checkpoint();
  double seconds_so_far() const;
  TuneSummary summary() const;

  LoadedModel& model_;
  const Recipe& recipe_;
  const TuneOptions& options_;
  Dataset dataset_;
  std::vector<Example> held_out_;  // for scores alone
  LossOn loss_on_;
  NamedTensors trained_;
  Optimizer optimizer_;
  RecomputeRule recompute_rule_;
  int64_t steps_per_epoch_ = 0, steps_ = 0, warmup_ = 0;
  int64_t computed_here_ = 0;
  TuneState state_;
  std::vector<TuneStep> curve_;
  Clock::duration aside_{};  // in scores of the learning curve, which are no tuning
  Clock::time_point begin_ = Clock::now(), last_checkpoint_ = Clock::now();
};

void Tuning::resume() {
  auto generator = at::detail::getDefaultCPUGenerator();
  generator.set_current_seed(recipe_.seed);
  state_.identity = options_.identity;
  if (options_.checkpoints.empty()) return;
  auto found = read_checkpoint(options_.checkpoints, options_.identity);
  if (!found) return;
  copy_into(trained_, found->weights);
  optimizer_.restore(found->optimizer);
  generator.set_state(found->random);
  curve_ = std::move(found->curve);
  found->weights.clear();
  found->optimizer.clear();
  state_ = std::move(*found);
}

std::vector<const TokenizedExample*> Tuning::rows_of_step(int64_t step) const {
  const auto order = epoch_order(dataset_.train.size(), recipe_.seed, step / steps_per_epoch_);
  const auto rows = size_t(recipe_.batch_size * recipe_.accumulation);
  const size_t begin = size_t(step % steps_per_epoch_) * rows;
  std::vector<const TokenizedExample*> chosen;
  for (size_t i = begin; i < std::min(begin + rows, order.size()); ++i) {
    chosen.push_back(&dataset_.train[order[i]]);
  }
  return chosen;
}

/// The loss of a step, float64 [] on the device, whose gradients the parameters now have.
at::Tensor Tuning::add_gradients(int64_t step) {
  const auto rows = rows_of_step(step);
  // The mean over the step's targets, however its rows are packed.
  const double scale = 1.0 / double(std::max<int64_t>(1, count_targets(rows, loss_on_)));
  at::Tensor loss = at::zeros({}, at::TensorOptions(model_.device).dtype(at::kDouble));
  for (const auto& part : pack_rows(rows, recipe_.token_budget)) {
    const LossBatch batch = make_loss_batch(part, loss_on_, model_.device);
    const RecomputeScope scope(recompute_rule_.layers(batch.batch.tokens()));
    loss.add_(compute_loss_there(*model_.lm, batch, scale, /*backward=*/true));
    state_.tokens += batch.row_tokens;
    state_.computed_tokens += batch.batch.tokens();
    computed_here_ += batch.batch.tokens();
  }
  return loss;
}

/// Changes the weights, unless loss or gradient norm is not finite.
StepValues Tuning::change_weights(double rate, const at::Tensor& loss) {
  if (loss.is_cuda()) return {loss, optimizer_.step_there(rate, loss)};
  const double value = loss.item<double>();
  return {value, std::isfinite(value) ? optimizer_.step(rate) : value};
}

TakenStep Tuning::train_step(int64_t step) {
  const double rate =
      recipe_.learning_rate * schedule_factor(recipe_.schedule, step, warmup_, steps_);
  const at::Tensor loss = add_gradients(step);
  return {step, rate, change_weights(rate, loss), computed_here_};
}

/// Once a step's loss is known.
void Tuning::note(TakenStep& taken) {
  taken.values.wait();
  const double loss = taken.values.loss(), norm = taken.values.norm();
  if (!std::isfinite(loss) || !std::isfinite(norm)) {
    throw TuneError(fmt::format(
        "step {} of {}: loss is {}, gradient norm {}: expected finite numbers (learning rate {:g})",
        taken.step + 1, steps_, loss, norm, taken.rate));
  }
  curve_.push_back({taken.step + 1, loss, taken.rate, norm});
  state_.step = taken.step + 1;
}

void Tuning::tell(const TakenStep& taken) const {
  if (!options_.progress) return;
  options_.progress({taken.step + 1, steps_, taken.values.loss(), taken.computed});
}

bool Tuning::validation_is_due(int64_t step) const {
  if (dataset_.validation.empty()) return false;
  const int64_t every = recipe_.validate_every > 0 ? recipe_.validate_every : steps_per_epoch_;
  return step % every == 0 || step == steps_;
}

void Tuning::validate(int64_t step) {
  const double loss = validation_loss(model_, dataset_.validation, loss_on_, recipe_.token_budget);
  if (TuneEpoch* point = point_at(step)) point->validation_loss = loss;
  if (state_.best_loss && !(loss < *state_.best_loss)) return;
  state_.best_loss = loss;
  state_.best_step = step;
  state_.best = copy_of(trained_);
}

bool Tuning::score_is_due(int64_t step) const {
  return !held_out_.empty() && step % steps_per_epoch_ == 0;
}

/// How well the rows held out are answered by now.
void Tuning::score(int64_t step) {
  const auto begin = Clock::now();
  point_at(step)->score = options_.score(model_, held_out_);
  model_.lm->train();
  aside_ += Clock::now() - begin;
}

/// The point of the learning curve at the end of an epoch; null within one.
TuneEpoch* Tuning::point_at(int64_t step) {
  if (step % steps_per_epoch_ != 0) return nullptr;
  std::vector<TuneEpoch>& points = state_.epochs;
  if (points.empty() || points.back().step != step) {
    points.push_back({step / steps_per_epoch_, step, 0.0, {}, {}});
  }
  return &points.back();
}

bool Tuning::checkpoint_is_due(int64_t step) const {
  if (options_.checkpoints.empty() || step == steps_) return false;
  if (recipe_.checkpoint_steps > 0) return step % recipe_.checkpoint_steps == 0;
  return step % steps_per_epoch_ == 0 || Clock::now() - last_checkpoint_ > kCheckpointEvery;
}

void Tuning::checkpoint() {
  TuneState state = state_;
  state.curve = curve_;
  state.weights = trained_;
  state.optimizer = optimizer_.state();
  state.random = at::detail::getDefaultCPUGenerator().get_state();
  state.seconds = seconds_so_far();
  write_checkpoint(options_.checkpoints, state);
  last_checkpoint_ = Clock::now();
}

double Tuning::seconds_so_far() const {
  return state_.seconds + std::chrono::duration<double>(Clock::now() - begin_ - aside_).count();
}

TuneSummary Tuning::run() {
  if (dataset_.train.empty()) throw TuneError("there are no examples to train on");
  resume();
  model_.lm->train();
  // A GPU is given a step while it is at the one before, whose loss is noted only then: the host is
  // never waited for. Whatever looks at the weights comes right behind their step.
  std::optional<TakenStep> before;
  for (int64_t step = state_.step; step < steps_; ++step) {
    TakenStep taken = train_step(step);
    if (before) {
      note(*before);
      tell(*before);
      before.reset();
    }
    const bool validates = validation_is_due(step + 1), checkpoints = checkpoint_is_due(step + 1);
    const bool scores = score_is_due(step + 1), looks = validates || scores || checkpoints;
    if (model_.device.is_cuda() && !looks && step + 1 < steps_) {
      before.emplace(std::move(taken));
      continue;
    }
    note(taken);
    if (validates) validate(step + 1);
    if (scores) score(step + 1);
    if (checkpoints) checkpoint();
    tell(taken);
  }
  if (!state_.best.empty()) copy_into(trained_, state_.best);
  for (auto& [name, parameter] : trained_) parameter.set_requires_grad(recipe_.adapter == "lora");
  model_.lm->eval();
  return summary();
}

TuneSummary Tuning::summary() const {
  TuneSummary made;
  made.steps = steps_;
  made.epochs = recipe_.epochs;
  made.examples = int64_t(dataset_.train.size());
  made.tokens = state_.tokens;
  made.computed_tokens = state_.computed_tokens;
  for (const auto& [name, parameter] : trained_) made.trained_parameters += parameter.numel();
  made.final_loss = curve_.back().loss;
  made.best_step = state_.best.empty() ? steps_ : state_.best_step;
  made.validation_loss = state_.best_loss;
  made.curve = thinned_curve(curve_);
  made.learning_curve = learning_curve(curve_, steps_per_epoch_, state_.epochs);
  made.seconds = seconds_so_far();
  return made;
}

}  // namespace

TuneSummary tune(LoadedModel& model, const std::vector<Example>& examples, const Recipe& recipe,
                 const TuneOptions& options) {
  return Tuning(model, examples, recipe, options).run();
}

}  // namespace tuneval
