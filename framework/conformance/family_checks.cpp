#include "framework/conformance/family_checks.h"

#include "framework/conformance/subject_checks.h"
#include "framework/model/checkpoint.h"
#include "framework/model/loaded_model.h"
#include "tuneval/error.h"
#include "tuneval/layers/build_scope.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

/// Builds a config that lacks `key`. False when it is refused by an error that names the key.
bool builds_without(const ModelFamily& family, const Json& config, const std::string& key) {
  try {
    const BuildScope scope(at::kCPU, at::kFloat);
    family.build(Config::parse(config.dump(), "tiny_config()"));
    return true;
  } catch (const ConfigError& error) {
    const std::string_view message = error.what();
    if (message.find("\"" + key + "\"") != std::string_view::npos) return false;
    fail_check("without \"{}\" the error does not name it: {}", key, message);
  } catch (const std::exception& error) {
    fail_check("without \"{}\" it throws what is no ConfigError: {}", key, error.what());
  }
}

std::string check_building(const ModelFamily& family, const CheckOptions& options, ToyModel& toy) {
  const Config config = Config::parse(family.tiny_config(), "tiny_config()");
  const std::string type = config.text("model_type");
  const std::vector<std::string> types = family.model_types();
  if (std::ranges::find(types, type) == types.end()) {
    fail_check("tiny_config() is of model_type \"{}\": model_types() has {}", type,
               fmt::join(types, ", "));
  }
  toy = make_toy_model(family, options.device, options.dtype);
  int64_t count = 0;
  const auto parameters = toy.lm->parameters();
  for (const at::Tensor& parameter : parameters) {
    if (parameter.scalar_type() != toy.dtype || parameter.device().type() != toy.device.type()) {
      fail_check(
          "parameters are not of the BuildScope's dtype and device: make them by new_parameter");
    }
    count += parameter.numel();
  }
  return fmt::format("{} parameters in {} tensors", count, parameters.size());
}

}  // namespace

std::string check_missing_keys(const ModelFamily& family) {
  const Json config = Json::parse(family.tiny_config());
  std::vector<std::string> required;
  size_t count = 0;
  const auto try_without = [&](const Json& without, const std::string& key) {
    ++count;
    if (!builds_without(family, without, key)) required.push_back(key);
  };
  for (const auto& [key, value] : config.items()) {
    Json without = config;
    without.erase(key);
    try_without(without, key);
    if (!value.is_object()) continue;
    for (const auto& [inner, ignored] : value.items()) {
      Json inside = config;
      inside[key].erase(inner);
      try_without(inside, inner);
    }
  }
  return fmt::format("{} of {} keys are required: {}", required.size(), count,
                     fmt::join(required, ", "));
}

std::string check_lora_targets(const ModelFamily& family, const ToyModel& toy) {
  const std::vector<std::string> names = family.lora_targets();
  if (names.empty()) fail_check("lora_targets() is empty");
  std::set<std::string> found, others;
  for (const auto& item : toy.lm->named_modules()) {
    const std::string part = item.key().substr(item.key().rfind('.') + 1);
    const bool linear = std::dynamic_pointer_cast<Linear>(item.value()) != nullptr;
    const bool wanted = std::ranges::find(names, part) != names.end();
    if (wanted && !linear) fail_check("{} is no tuneval::Linear", item.key());
    if (wanted) found.insert(part);
    if (linear && !wanted) others.insert(part);
  }
  for (const std::string& name : names) {
    if (!found.contains(name)) fail_check("no module's name ends in \"{}\"", name);
  }
  return fmt::format(
      "{} names, {} Linears{}", names.size(), toy.targets.size(),
      others.empty() ? "" : fmt::format("; not trained: {}", fmt::join(others, ", ")));
}

std::string check_checkpoint(const ModelFamily& family, const std::filesystem::path& folder) {
  if (folder.empty()) throw CheckSkipped("no checkpoint was given");
  const Config config = read_model_config(folder);
  const std::string type = config.text("model_type");
  const std::vector<std::string> types = family.model_types();
  if (std::ranges::find(types, type) == types.end()) {
    throw CheckSkipped(fmt::format("{} is of model_type \"{}\"", folder.string(), type));
  }
  const Checkpoint checkpoint(folder);
  const TensorInfo& first = checkpoint.files().at(0).header().tensors.at(0);
  // In the file's own dtype the weights are taken where they lie: nothing but names and shapes is
  // read.
  const BuildScope scope(at::kCPU, dtype_from_safetensors(first.dtype, folder.string()));
  const std::shared_ptr<CausalLm> lm = family.build(config);
  load_weights(*lm, checkpoint, family.weight_map(config));
  return fmt::format("{} tensors of {}", lm->parameters().size(), folder.string());
}

void check_family(const Registry& registry, const std::string& name, const CheckOptions& options,
                  std::vector<CheckResult>& results) {
  Checker checker("model family", name, results);
  const std::shared_ptr<const ModelFamily> family = registry.model_family(name);
  ToyModel toy;
  if (!checker.run("builds-from-tiny-config",
                   [&] { return check_building(*family, options, toy); })) {
    return checker.skip_rest("there is no model to try");
  }
  checker.run("missing-key-is-named", [&] { return check_missing_keys(*family); });
  if (!checker.run("logits-have-shape-and-dtype", [&] { return check_shapes(toy); })) {
    return checker.skip_rest("there are no logits to try");
  }
  checker.run("cache-equals-whole-sequence", [&] { return check_cache(toy); });
  checker.run("forest-equals-separate-rows", [&] { return check_forest(toy); });
  checker.run("rows-do-not-mix", [&] { return check_rows_apart(toy); });
  checker.run("future-does-not-leak", [&] { return check_future(toy); });
  checker.run("lora-targets-are-sdk-linears", [&] { return check_lora_targets(*family, toy); });
  checker.run("fresh-lora-changes-nothing", [&] { return check_fresh_adapter(toy); });
  checker.run("every-lora-target-learns", [&] { return check_learning(toy); });
  checker.run("merged-equals-attached", [&] { return check_merging(toy); });
  checker.run("checkpoint-names-and-shapes-match",
              [&] { return check_checkpoint(*family, options.model); });
}

}  // namespace tuneval
