#pragma once

#include "framework/model/mapped_file.h"
#include "tuneval/model/weight_map.h"

#include <torch/nn/module.h>
#include <torch/ordered_dict.h>

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

/// Where the values of one tensor of a checkpoint go.
struct WeightPlace {
  /// Rows [begin, begin + rows) of the tensor, after its transpose; `rows` −1: the whole of it.
  struct Part {
    std::string parameter;
    int64_t begin = 0, rows = -1;
  };
  bool transposed = false;
  std::vector<Part> parts;  ///< empty for a tensor that is not read

  /// The part's values: a view of the tensor, as the parameter is laid out.
  at::Tensor values(const at::Tensor& tensor, const Part& part) const;
};

/// Throws CheckpointError where a tensor cannot be split into the sizes of the module's parameters.
WeightPlace place_of(const MappedSafetensors& file, const TensorInfo& info, const WeightMap& map,
                     const torch::OrderedDict<std::string, at::Tensor>& parameters);

/// The tensors of a checkpoint under the modules' names, after renames, splits, transposes and
/// drops; views of the mapped files. The module's parameters give the sizes that splits are cut in.
std::vector<std::pair<std::string, at::Tensor>> named_weights(const Checkpoint& checkpoint,
                                                              const WeightMap& map,
                                                              const torch::nn::Module& module);

/// Puts a checkpoint's tensors in the place of the module's parameters. A tensor that has the
/// parameter's dtype and device already is used where it lies in the mapped file: no second copy.
/// So is a bfloat16 weight of a Linear or an Embedding that computes in float32 on a CPU: the layer
/// widens it as it reads it.
/// A tensor that is missing, surplus, of another shape, of integers or with a NaN or an infinity in
/// it throws CheckpointError listing them.
void load_weights(torch::nn::Module& module, const Checkpoint& checkpoint, const WeightMap& map);

}  // namespace tuneval
