#pragma once

#include "framework/record/record.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tuneval {

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

/// All that tuning needs to go on as if it had not been stopped.
struct TuneState {
  std::string identity;  ///< TuneOptions::identity
  int64_t step = 0;      ///< optimizer steps done
  int64_t tokens = 0, computed_tokens = 0;
  double seconds = 0.0;
  int64_t best_step = 0;
  std::optional<double> best_loss;
  std::vector<TuneStep> curve;
  std::vector<TuneEpoch> epochs;  ///< validation losses and scores at epochs' ends; no losses yet
  NamedTensors weights;           ///< trained parameters
  NamedTensors best;              ///< the same at best_step; empty before the first validation
  NamedTensors optimizer;
  at::Tensor random;  ///< the generator's state, for dropout
};

/// Writes FOLDER/step-N whole and durably, then removes all others, whichever run they are of.
/// Throws Error.
void write_checkpoint(const std::filesystem::path& folder, const TuneState& state);

/// The newest checkpoint of this identity; none when there is none. One that cannot be read is
/// passed over for the one before it.
std::optional<TuneState> read_checkpoint(const std::filesystem::path& folder,
                                         const std::string& identity);

}  // namespace tuneval
