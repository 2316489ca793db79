#include "framework/tune/tune.h"
#include "framework/cli/commands.h"
#include "framework/data/task_data.h"
#include "framework/manifest/manifest.h"
#include "framework/model/adapter.h"
#include "tuneval/error.h"
#include "tuneval/layers/build_scope.h"
#include "tuneval/layers/norm.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>
#include <unistd.h>

namespace tuneval::cli {

namespace {

struct TuneArguments {
  std::string model, pack, to, checkpoints, device = "cpu", dtype = "bfloat16";
  std::vector<std::string> set;
  bool fresh = false;
};

/// Random weights for a folder that has a config and a tokenizer but no weights yet: normal with
/// the config's initializer_range, norms one, biases zero, as transformers begins.
LoadedModel fresh_model(const Registry& registry, const std::string& folder,
                        const std::string& device, uint64_t seed) {
  LoadedModel model;
  model.folder = folder;
  model.config = read_model_config(folder);
  model.family = family_for(registry, model.config);
  model.text = open_model_text(*model.family, folder, {});
  model.context = context_length(model.config);
  const BuildScope scope(at::kCPU, at::kFloat);
  model.lm = model.family->build(model.config);
  const at::NoGradGuard no_grad;
  auto generator = at::detail::createCPUGenerator(seed);
  const double deviation = model.config.number_or("initializer_range", 0.02);
  for (auto& item : model.lm->named_parameters()) {
    if (item.value().dim() > 1) {
      item.value().normal_(0.0, deviation, generator);
    } else {
      item.value().fill_(item.key().ends_with("bias") ? 0.0 : 1.0);
    }
    model.parameters += item.value().numel();
  }
  for (const auto& module : model.lm->modules(/*include_self=*/false)) {
    if (auto* norm = module->as<RmsNorm>()) norm->weight.fill_(norm->neutral_weight());
  }
  // Drawn on the CPU: the same weights on every device.
  model.device = parse_device(device);
  model.lm->to(model.device);
  return model;
}

void show(const TuneProgress& at, int64_t every) {
  if (at.step % every != 0 && at.step != at.steps) return;
  fmt::print(stderr, "step {}/{}, loss {:.4f}\n", at.step, at.steps, at.loss);
}

void tune_model(const TuneArguments& arguments, const Common& common) {
  const Registry registry = load_registry(common);
  const Recipe recipe = read_recipe(arguments.set);
  const Pack pack = read_pack(arguments.pack);
  const TaskData task = read_task(registry, pack, pack.options);
  LoadedModel model =
      arguments.fresh
          ? fresh_model(registry, arguments.model, arguments.device, recipe.seed)
          : load_model(registry, arguments.model, {.device = arguments.device, .chat = {}});
  TuneOptions options;
  options.checkpoints = arguments.checkpoints;
  options.identity = task.hash + to_json(recipe).dump();
  if (!common.quiet) options.progress = [](const TuneProgress& at) { show(at, 20); };
  const TuneSummary summary = tune(model, task.train, recipe, options);
  if (recipe.adapter == "lora") {
    save_adapter(model, {recipe.rank, recipe.alpha, recipe.dropout}, arguments.to);
  } else {
    save_model(model, parse_dtype(arguments.dtype, at::kCPU), arguments.to);
  }
  fmt::print("{}: {} steps, last loss {:.4f}{}, {:.0f} s\n", arguments.to, summary.steps,
             summary.final_loss,
             summary.validation_loss ? fmt::format(", validation {:.4f} at step {}",
                                                   *summary.validation_loss, summary.best_step)
                                     : "",
             summary.seconds);
}

}  // namespace

void add_tune(CLI::App& app, Common& common) {
  CLI::App* command = app.add_subcommand(
      "tune", "Tune one model on one pack's train rows; write the adapter, or the whole model");
  auto arguments = std::make_shared<TuneArguments>();
  command->add_option("model", arguments->model, "The model")->required()->type_name("DIR");
  command->add_option("pack", arguments->pack, "The pack")->required()->type_name("DIR");
  command->add_option("--to", arguments->to, "Where to write")->required()->type_name("DIR");
  command->add_option("--set", arguments->set, "A key of [tuning], e.g. epochs=1")
      ->type_name("KEY=VALUE")
      ->take_all();
  command
      ->add_option("--checkpoints", arguments->checkpoints,
                   "Keep checkpoints, and resume from them")
      ->type_name("DIR");
  command->add_option("--device", arguments->device, "cpu, cuda or cuda:N")->capture_default_str();
  command->add_option("--dtype", arguments->dtype, "Of a whole model's weights")
      ->capture_default_str();
  command->add_flag("--fresh", arguments->fresh, "Begin with random weights (pre-training)");
  command->add_flag("--quiet,-q", common.quiet, "No progress");
  command->callback([arguments, &common] { tune_model(*arguments, common); });
}

}  // namespace tuneval::cli
