#include "framework/model/checkpoint.h"

#include "framework/model/finite.h"
#include "framework/model/weight_files.h"
#include "tuneval/error.h"
#include "tuneval/layers/embedding.h"
#include "tuneval/layers/linear.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <set>

namespace tuneval {

namespace fs = std::filesystem;

namespace {

/// "*" matches one or more characters.
bool matches(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern[0] != '*') {
    return !name.empty() && pattern[0] == name[0] && matches(pattern.substr(1), name.substr(1));
  }
  for (size_t n = 1; n <= name.size(); ++n) {
    if (matches(pattern.substr(1), name.substr(n))) return true;
  }
  return false;
}

bool any_matches(const std::vector<std::string>& patterns, const std::string& name) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return matches(pattern, name); });
}

using Parameters = torch::OrderedDict<std::string, at::Tensor>;

/// How many rows of a fused tensor each parameter takes; 0 for one that the module lacks.
std::vector<int64_t> rows_of_parts(const std::vector<std::string>& parts,
                                   const Parameters& parameters) {
  std::vector<int64_t> rows;
  for (const std::string& part : parts) {
    const at::Tensor* parameter = parameters.find(part);
    rows.push_back(parameter ? parameter->size(0) : 0);
  }
  return rows;
}

std::string renamed(const WeightMap& map, const std::string& name) {
  for (const auto& [from, to] : map.renames) {
    if (name.starts_with(from)) return to + name.substr(from.size());
  }
  return name;
}

}  // namespace

Checkpoint::Checkpoint(const fs::path& folder) : folder_(folder) {
  for (const fs::path& file : weight_files(folder)) files_.emplace_back(file);
}

at::Tensor WeightPlace::values(const at::Tensor& tensor, const Part& part) const {
  const at::Tensor whole = transposed ? tensor.t() : tensor;
  return part.rows < 0 ? whole : whole.narrow(0, part.begin, part.rows);
}

WeightPlace place_of(const MappedSafetensors& file, const TensorInfo& info, const WeightMap& map,
                     const Parameters& parameters) {
  WeightPlace place;
  if (any_matches(map.drops, info.name)) return place;
  place.transposed = any_matches(map.transposes, info.name);
  const std::string name = renamed(map, info.name);
  const auto split = std::find_if(map.splits.begin(), map.splits.end(),
                                  [&](const auto& one) { return one.from == name; });
  if (split == map.splits.end()) {
    place.parts.push_back({name});
    return place;
  }
  const std::vector<int64_t> rows = rows_of_parts(split->to, parameters);
  const int64_t expected = std::accumulate(rows.begin(), rows.end(), int64_t(0));
  const int64_t found = info.shape.empty() ? 0
                        : place.transposed ? info.shape.back()
                                           : info.shape.front();
  if (found != expected) {
    throw CheckpointError(fmt::format("{}: \"{}\" has {} rows: expected {}, to be split into {}",
                                      file.path().string(), info.name, found, expected,
                                      fmt::join(split->to, ", ")));
  }
  int64_t begin = 0;
  for (size_t i = 0; i < rows.size(); begin += rows[i++]) {
    place.parts.push_back({split->to[i], begin, rows[i]});
  }
  return place;
}

std::vector<std::pair<std::string, at::Tensor>> named_weights(const Checkpoint& checkpoint,
                                                              const WeightMap& map,
                                                              const torch::nn::Module& module) {
  const auto parameters = module.named_parameters();
  std::vector<std::pair<std::string, at::Tensor>> weights;
  for (const MappedSafetensors& file : checkpoint.files()) {
    for (const TensorInfo& info : file.header().tensors) {
      const WeightPlace place = place_of(file, info, map, parameters);
      if (place.parts.empty()) continue;
      const at::Tensor tensor = file.tensor(info);
      for (const WeightPlace::Part& part : place.parts) {
        weights.emplace_back(part.parameter, place.values(tensor, part));
      }
    }
  }
  return weights;
}

namespace {

/// Weights that the SDK's layers widen themselves, as they are read.
std::set<std::string> weights_widened_by_layers(const torch::nn::Module& module) {
  std::set<std::string> names;
  for (const auto& item : module.named_modules("", /*include_self=*/false)) {
    const bool widens = dynamic_cast<const Linear*>(item.value().get()) ||
                        dynamic_cast<const Embedding*>(item.value().get());
    if (widens) names.insert(item.key() + ".weight");
  }
  return names;
}

bool is_narrow(const at::Tensor& stored, const at::Tensor& parameter) {
  return stored.scalar_type() == at::kBFloat16 && parameter.scalar_type() == at::kFloat &&
         parameter.is_cpu() && stored.is_contiguous();
}

}  // namespace

void load_weights(torch::nn::Module& module, const Checkpoint& checkpoint, const WeightMap& map) {
  auto parameters = module.named_parameters();
  const std::set<std::string> may_stay_narrow = weights_widened_by_layers(module);
  std::vector<std::string> faults;
  std::set<std::string> seen;
  for (const auto& [name, tensor] : named_weights(checkpoint, map, module)) {
    at::Tensor* parameter = parameters.find(name);
    if (!parameter) {
      faults.push_back(fmt::format("\"{}\" is not of this model", name));
    } else if (!seen.insert(name).second) {
      faults.push_back(fmt::format("\"{}\" stands twice", name));
    } else if (parameter->sizes() != tensor.sizes()) {
      faults.push_back(fmt::format("\"{}\" has shape [{}]: expected [{}]", name,
                                   fmt::join(tensor.sizes(), ", "),
                                   fmt::join(parameter->sizes(), ", ")));
    } else if (!tensor.is_floating_point()) {
      faults.push_back(fmt::format("\"{}\" has dtype {}: expected floating point", name,
                                   dtype_to_safetensors(tensor.scalar_type())));
    } else if (const std::string fault = not_finite(tensor); !fault.empty()) {
      faults.push_back(fmt::format("\"{}\" holds {}: expected finite numbers", name, fault));
    } else {
      const bool as_stored = may_stay_narrow.contains(name) && is_narrow(tensor, *parameter);
      parameter->set_data(as_stored ? tensor : tensor.to(parameter->options()));
    }
  }
  for (const auto& item : parameters) {
    if (!seen.contains(item.key())) faults.push_back(fmt::format("\"{}\" is missing", item.key()));
  }
  if (faults.empty()) return;
  constexpr size_t kMostShown = 8;
  const size_t more = faults.size() > kMostShown ? faults.size() - kMostShown : 0;
  faults.resize(faults.size() - more);
  throw CheckpointError(fmt::format("{}: weights do not fit config.json: {}{}",
                                    checkpoint.folder().string(), fmt::join(faults, "; "),
                                    more ? fmt::format("; and {} more", more) : ""));
}

}  // namespace tuneval
