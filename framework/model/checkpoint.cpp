#include "framework/model/checkpoint.h"

#include "tuneval/config.h"
#include "tuneval/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <numeric>
#include <set>

namespace tuneval {

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> weight_files(const fs::path& folder) {
  const fs::path index = folder / "model.safetensors.index.json";
  if (!fs::exists(index)) {
    const fs::path single = folder / "model.safetensors";
    if (fs::exists(single)) return {single};
    throw CheckpointError(
        fmt::format("{}: no weights: expected model.safetensors or model.safetensors.index.json",
                    folder.string()));
  }
  std::ifstream stream(index, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  std::set<std::string> names;
  try {
    const Config map = Config::parse(text, index.string()).object("weight_map");
    for (const std::string& key : map.keys()) names.insert(map.text(key));
  } catch (const ConfigError& error) {
    throw CheckpointError(error.what());
  }
  std::vector<fs::path> files;
  for (const std::string& name : names) {
    if (fs::path(name).filename() != name || name.empty() || name == "." || name == "..") {
      throw CheckpointError(fmt::format(
          "{}: \"weight_map\" names \"{}\": expected a file of this folder", index.string(), name));
    }
    if (!fs::exists(folder / name)) {
      throw CheckpointError(
          fmt::format("{}: \"{}\", which \"weight_map\" names, is missing", index.string(), name));
    }
    files.push_back(folder / name);
  }
  return files;
}

/// "*" matches one or more characters without a dot.
bool matches(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern[0] != '*') {
    return !name.empty() && pattern[0] == name[0] && matches(pattern.substr(1), name.substr(1));
  }
  for (size_t n = 1; n <= name.size() && name[n - 1] != '.'; ++n) {
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

std::vector<std::pair<std::string, at::Tensor>> named_weights(const Checkpoint& checkpoint,
                                                              const WeightMap& map,
                                                              const torch::nn::Module& module) {
  const auto parameters = module.named_parameters();
  std::vector<std::pair<std::string, at::Tensor>> weights;
  for (const MappedSafetensors& file : checkpoint.files()) {
    for (const TensorInfo& info : file.header().tensors) {
      if (any_matches(map.drops, info.name)) continue;
      at::Tensor tensor = file.tensor(info);
      if (any_matches(map.transposes, info.name)) tensor = tensor.t();
      const std::string name = renamed(map, info.name);
      const auto split = std::find_if(map.splits.begin(), map.splits.end(),
                                      [&](const auto& one) { return one.from == name; });
      if (split == map.splits.end()) {
        weights.emplace_back(name, tensor);
        continue;
      }
      const std::vector<int64_t> rows = rows_of_parts(split->to, parameters);
      const int64_t expected = std::accumulate(rows.begin(), rows.end(), int64_t(0));
      if (tensor.dim() == 0 || tensor.size(0) != expected) {
        throw CheckpointError(
            fmt::format("{}: \"{}\" has {} rows: expected {}, to be split into {}",
                        file.path().string(), info.name, tensor.dim() == 0 ? 0 : tensor.size(0),
                        expected, fmt::join(split->to, ", ")));
      }
      int64_t begin = 0;
      for (size_t i = 0; i < rows.size(); begin += rows[i++]) {
        weights.emplace_back(split->to[i], tensor.narrow(0, begin, rows[i]));
      }
    }
  }
  return weights;
}

void load_weights(torch::nn::Module& module, const Checkpoint& checkpoint, const WeightMap& map) {
  auto parameters = module.named_parameters();
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
    } else {
      parameter->set_data(tensor.to(parameter->options()));
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
