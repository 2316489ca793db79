#include "framework/tune/tune.h"

#include "framework/record/stopped.h"
#include "framework/tune/checkpoint.h"
#include "framework/tune/dataset.h"
#include "framework/tune/gradients.h"
#include "framework/tune/learning_curve.h"
#include "framework/tune/loss.h"
#include "framework/tune/optimizer.h"
#include "framework/tune/recompute_rule.h"
#include "framework/tune/step_plan.h"
#include "framework/tune/step_values.h"
#include "framework/tune/stop_watch.h"
#include "framework/tune/trained.h"
#include "framework/tune/validation.h"
#include "tuneval/error.h"

#include <ATen/CPUGeneratorImpl.h>
#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <mutex>
#include <optional>

namespace tuneval {

namespace {

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
        recompute_rule_(model, recipe),
        plan_(recipe, dataset_.train.size(), dataset_.validation.size()) {
    if (options.score) {
      for (const size_t index : dataset_.held_out) held_out_.push_back(examples[index]);
    }
  }

  TuneSummary run();

 private:
  void resume();
  std::vector<const TokenizedExample*> rows_of_step(int64_t step) const;
  TakenStep take_step(int64_t step, const StepGradients& gradients);
  StepGradients gradients_of(int64_t step, StopWatch& watch, std::unique_lock<std::mutex>& whole);
  StepValues change_weights(double rate, const at::Tensor& loss);
  void note(TakenStep& taken);
  void tell(const TakenStep& taken) const;
  void validate(int64_t step);
  void score(int64_t step);
  TuneEpoch* point_at(int64_t step);
  bool checkpoints_behind(int64_t step) const;
  void checkpoint();
  void save();
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
  StepPlan plan_;
  int64_t computed_here_ = 0;
  TuneState state_;
  std::vector<TuneStep> curve_;
  Clock::duration aside_{};  // in scores of the learning curve, which are no tuning
  Clock::time_point begin_ = Clock::now(), last_checkpoint_ = Clock::now();
  Clock::duration checkpoint_cost_{};
  at::Tensor random_;        // the generator's state behind the last step that is noted
  int64_t saved_step_ = -1;  // of the last checkpoint
  bool may_save_ = false;    // whether all that a checkpoint holds is of one step
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
  saved_step_ = found->step;
  found->weights.clear();
  found->optimizer.clear();
  state_ = std::move(*found);
}

std::vector<const TokenizedExample*> Tuning::rows_of_step(int64_t step) const {
  const auto order = epoch_order(dataset_.train.size(), recipe_.seed, step / plan_.per_epoch());
  const size_t rows = size_t(recipe_.batch_size * recipe_.accumulation);
  const size_t begin = size_t(step % plan_.per_epoch()) * rows;
  std::vector<const TokenizedExample*> chosen;
  const size_t end = std::min(begin + rows, order.size());
  for (size_t i = begin; i < end; ++i) chosen.push_back(&dataset_.train[order[i]]);
  return chosen;
}

/// Changes the weights, unless loss or gradient norm is not finite.
StepValues Tuning::change_weights(double rate, const at::Tensor& loss) {
  if (loss.is_cuda()) return {loss, optimizer_.step_there(rate, loss)};
  const double value = loss.item<double>();
  return {value, std::isfinite(value) ? optimizer_.step(rate) : value};
}

/// While gradients are computed, what there is may be saved: it is that of the step before. Not on
/// a GPU, whose weights are a step ahead of what is noted.
StepGradients Tuning::gradients_of(int64_t step, StopWatch& watch,
                                   std::unique_lock<std::mutex>& whole) {
  random_ = at::detail::getDefaultCPUGenerator().get_state();
  may_save_ = !options_.checkpoints.empty() && !model_.device.is_cuda();
  whole.unlock();
  StepGradients gradients = add_gradients(model_, rows_of_step(step), loss_on_,
                                          recipe_.token_budget, recompute_rule_, [&] {
                                            if (watch.asked()) return false;
                                            if (options_.pulse) options_.pulse();
                                            return true;
                                          });
  whole.lock();
  may_save_ = false;
  return gradients;
}

TakenStep Tuning::take_step(int64_t step, const StepGradients& gradients) {
  state_.tokens += gradients.tokens;
  state_.computed_tokens += gradients.computed;
  computed_here_ += gradients.computed;
  const double rate = plan_.rate(step);
  return {step, rate, change_weights(rate, gradients.loss), computed_here_};
}

/// Once a step's loss is known.
void Tuning::note(TakenStep& taken) {
  taken.values.wait();
  const double loss = taken.values.loss(), norm = taken.values.norm();
  if (!std::isfinite(loss) || !std::isfinite(norm)) {
    throw TuneError(fmt::format(
        "step {} of {}: loss is {}, gradient norm {}: expected finite numbers (learning rate {:g})",
        taken.step + 1, plan_.steps(), loss, norm, taken.rate));
  }
  curve_.push_back({taken.step + 1, loss, taken.rate, norm});
  state_.step = taken.step + 1;
}

void Tuning::tell(const TakenStep& taken) const {
  if (!options_.progress) return;
  options_.progress({taken.step + 1, plan_.steps(), taken.values.loss(), taken.computed});
}

void Tuning::validate(int64_t step) {
  const double loss = validation_loss(model_, dataset_.validation, loss_on_, recipe_.token_budget);
  if (TuneEpoch* point = point_at(step)) point->validation_loss = loss;
  if (state_.best_loss && !(loss < *state_.best_loss)) return;
  state_.best_loss = loss;
  state_.best_step = step;
  state_.best = copy_of(trained_);
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
  if (!plan_.ends_epoch(step)) return nullptr;
  std::vector<TuneEpoch>& points = state_.epochs;
  if (points.empty() || points.back().step != step) {
    points.push_back({step / plan_.per_epoch(), step, 0.0, {}, {}});
  }
  return &points.back();
}

bool Tuning::checkpoints_behind(int64_t step) const {
  return !options_.checkpoints.empty() &&
         plan_.checkpoints(step + 1, Clock::now() - last_checkpoint_, checkpoint_cost_);
}

void Tuning::checkpoint() {
  TuneState state = state_;
  state.curve = curve_;
  state.weights = trained_;
  state.optimizer = optimizer_.state();
  state.random = random_;
  state.seconds = seconds_so_far();
  last_checkpoint_ = Clock::now();
  write_checkpoint(options_.checkpoints, state);
  checkpoint_cost_ = Clock::now() - last_checkpoint_;
  saved_step_ = state_.step;
}

void Tuning::save() {
  if (may_save_ && saved_step_ != state_.step) checkpoint();
}

double Tuning::seconds_so_far() const {
  return state_.seconds + std::chrono::duration<double>(Clock::now() - begin_ - aside_).count();
}

TuneSummary Tuning::run() {
  if (dataset_.train.empty()) throw TuneError("there are no examples to train on");
  resume();
  model_.lm->train();
  StopWatch watch(options_.stop, [this] { save(); });
  std::unique_lock whole(watch.mutex());
  // A GPU is given a step while it is at the one before, whose loss is noted only then: the host is
  // never waited for. Whatever looks at the weights comes right behind their step.
  std::optional<TakenStep> before;
  for (int64_t step = state_.step; step < plan_.steps(); ++step) {
    const StepGradients gradients = gradients_of(step, watch, whole);
    std::optional<TakenStep> taken;
    if (gradients.loss.defined()) taken = take_step(step, gradients);
    if (before) {
      note(*before);
      tell(*before);
      before.reset();
    }
    if (!taken) {  // the step was given up
      if (!options_.checkpoints.empty() && saved_step_ != state_.step) checkpoint();
      throw Stopped();
    }
    const bool validates = plan_.validates(step + 1), checkpoints = checkpoints_behind(step);
    const bool scores = !held_out_.empty() && plan_.ends_epoch(step + 1);
    const bool waits = validates || scores || checkpoints || step + 1 == plan_.steps();
    if (model_.device.is_cuda() && !waits) {
      before = std::move(taken);
      continue;
    }
    note(*taken);
    if (validates) validate(step + 1);
    if (scores) score(step + 1);
    if (checkpoints) {
      random_ = at::detail::getDefaultCPUGenerator().get_state();
      checkpoint();
    }
    tell(*taken);
  }
  if (!state_.best.empty()) copy_into(trained_, state_.best);
  for (auto& [name, tensor] : trained_) tensor.set_requires_grad(recipe_.adapter == "lora");
  model_.lm->eval();
  return summary();
}

TuneSummary Tuning::summary() const {
  TuneSummary made;
  made.steps = plan_.steps();
  made.epochs = recipe_.epochs;
  made.examples = int64_t(dataset_.train.size());
  made.tokens = state_.tokens;
  made.computed_tokens = state_.computed_tokens;
  for (const auto& [name, parameter] : trained_) made.trained_parameters += parameter.numel();
  made.final_loss = curve_.back().loss;
  made.best_step = state_.best.empty() ? plan_.steps() : state_.best_step;
  made.validation_loss = state_.best_loss;
  made.curve = thinned_curve(curve_);
  made.learning_curve = learning_curve(curve_, plan_.per_epoch(), state_.epochs);
  made.seconds = seconds_so_far();
  return made;
}

}  // namespace

TuneSummary tune(LoadedModel& model, const std::vector<Example>& examples, const Recipe& recipe,
                 const TuneOptions& options) {
  return Tuning(model, examples, recipe, options).run();
}

}  // namespace tuneval
