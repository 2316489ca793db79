#pragma once

#include "framework/model/adapter.h"
#include "framework/model/export.h"
#include "tests/support/folder.h"
#include "tests/support/toy_models.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tuneval::test {

using Tensors = std::map<std::string, at::Tensor>;

inline at::Tensor some_logits(const LoadedModel& model) {
  return logits_of(*model.lm, {{9, 10, 11, 12, 13, 14}})[0];
}

inline std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// All tensors of a model folder's files, under the checkpoint's names.
inline Tensors stored_tensors(const std::filesystem::path& folder) {
  Tensors all;
  for (const std::string& name : names_in(folder)) {
    if (!name.ends_with(".safetensors")) continue;
    for (auto& [key, tensor] : tensors_of(folder / name)) all.emplace(key, tensor);
  }
  return all;
}

/// A toy's folder, an adapter for it, and a place to export to.
class ExportTest : public ::testing::Test {
 protected:
  /// Writes a toy's folder and an adapter for some of its layers, big enough to be seen.
  void make(const std::string& toy, const std::vector<std::string>& targets) {
    write_toy(toy, model());
    adapt(all_plugins(), targets);
  }
  void adapt(const Registry& registry, const std::vector<std::string>& targets) {
    LoadedModel live = load_model(registry, model(), {"cpu", "float32", {}});
    const auto linears = find_targets(live, targets);
    attach_fresh_adapter(linears, {4, 8.0, 0.0}, 1);
    auto generator = at::detail::createCPUGenerator(2);
    for (const auto& [name, linear] : linears) {
      at::Tensor b = linear->adapter()->b.detach();
      b.normal_(0.0, 0.3, generator);
      delta[name + ".weight"] = 2.0 * at::matmul(b, linear->adapter()->a.detach());
    }
    save_adapter(live, {4, 8.0, 0.0}, adapter());
    tuned = some_logits(live);
  }
  ExportedModel merge(uint64_t shard_bytes = kShardBytes) {
    return export_merged(all_plugins(), model(), adapter(), out(), shard_bytes);
  }
  at::Tensor exported_logits(const Registry& registry = all_plugins()) {
    return some_logits(load_model(registry, out(), {"cpu", "float32", {}}));
  }

  std::filesystem::path model() const { return folder.path() / "model"; }
  std::filesystem::path adapter() const { return folder.path() / "adapter"; }
  std::filesystem::path out() const { return folder.path() / "to/out"; }

  TempFolder folder;
  Tensors delta;  ///< by the weight's name
  at::Tensor tuned;
};

}  // namespace tuneval::test
