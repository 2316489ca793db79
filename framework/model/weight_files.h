#pragma once

#include <filesystem>
#include <vector>

namespace tuneval {

/// The safetensors files of a Hugging Face folder: model.safetensors, or the shards that
/// model.safetensors.index.json names, which stay in the folder. Throws CheckpointError naming what
/// is missing or leads out, and for weights that are there as a pickle alone.
std::vector<std::filesystem::path> weight_files(const std::filesystem::path& folder);

}  // namespace tuneval
