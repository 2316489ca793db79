#pragma once

#include <cstdint>
#include <string>

namespace tuneval {

/// Optimizer steps of warm-up: ceil(ratio · total), as transformers rounds it.
int64_t warmup_steps(double ratio, int64_t total);

/// Factor on the learning rate at `step` (from 0) of `total`: rises linearly from 0 over the
/// warm-up, then falls linearly to 0 ("linear"), by a half cosine to 0 ("cosine"), or stays 1
/// ("constant"). Same formulas as transformers' get_{linear,cosine,constant}_schedule_with_warmup.
double schedule_factor(const std::string& schedule, int64_t step, int64_t warmup, int64_t total);

}  // namespace tuneval
