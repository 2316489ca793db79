#pragma once

#include "framework/model/mapped_file.h"
#include "tuneval/model/weight_map.h"

#include <torch/nn/module.h>

#include <filesystem>
#include <string>
#include <vector>

namespace tuneval {

/// A Hugging Face folder's weights: model.safetensors, or the shards that
/// model.safetensors.index.json names.
class Checkpoint {
 public:
  /// Reads the headers. Throws CheckpointError naming the file that is missing or broken.
  explicit Checkpoint(const std::filesystem::path& folder);

  const std::vector<MappedSafetensors>& files() const { return files_; }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
  std::vector<MappedSafetensors> files_;
};

/// The tensors of a checkpoint under the modules' names, after renames, splits, transposes and
/// drops; views of the mapped files. `parameters` gives the sizes that splits are cut in.
std::vector<std::pair<std::string, at::Tensor>> named_weights(const Checkpoint& checkpoint,
                                                              const WeightMap& map,
                                                              const torch::nn::Module& module);

/// Puts a checkpoint's tensors in the place of the module's parameters. A tensor that has the
/// parameter's dtype and device already is used where it lies in the mapped file: no second copy.
/// A tensor that is missing, surplus, of another shape or of integers throws CheckpointError
/// listing them.
void load_weights(torch::nn::Module& module, const Checkpoint& checkpoint, const WeightMap& map);

}  // namespace tuneval
