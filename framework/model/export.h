#pragma once

#include "tuneval/plugin.h"

#include <cstdint>
#include <filesystem>

namespace tuneval {

/// Weights of more bytes than this are spread over several files.
constexpr uint64_t kShardBytes = 5'000'000'000;

struct ExportedModel {
  int64_t files = 0;    ///< of weights
  int64_t tensors = 0;  ///< all of the checkpoint's
  int64_t merged = 0;   ///< those that an adapter changed
  uint64_t bytes = 0;   ///< of weights
};

/// Copies an adapter's folder to `to`, which must be new or empty; whole or not at all. Throws
/// CheckpointError, and what NewFolder throws for `to`.
void export_adapter(const std::filesystem::path& adapter, const std::filesystem::path& to);

/// Writes the model of folder `model` with the adapter merged into it, as a Hugging Face folder:
/// every tensor of the checkpoint under its own name and in its own dtype, those that no layer
/// reads included; W + scale · B A is computed in float32 and then rounded to that dtype. Configs,
/// tokenizer and templates are copied. `to` must be new or empty; it is written whole or not at
/// all. A tensor at a time is in memory. Throws ConfigError for the model's config, what
/// NewFolder throws for `to`, CheckpointError for the rest.
ExportedModel export_merged(const Registry& registry, const std::filesystem::path& model,
                            const std::filesystem::path& adapter, const std::filesystem::path& to,
                            uint64_t shard_bytes = kShardBytes);

}  // namespace tuneval
