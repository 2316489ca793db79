#pragma once

#include "framework/conformance/toy_model.h"

namespace tuneval {

/// Logits [time, vocabulary] of each row, computed as scoring does: the rows' beginnings in one
/// forest with a cache, in two batches, then the last `decoded` tokens of each row one at a time, a
/// row leaving at its end.
std::vector<at::Tensor> decode_rows(const ToyModel& toy, const TokenRows& rows, size_t decoded);

}  // namespace tuneval
