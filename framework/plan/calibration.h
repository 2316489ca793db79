#pragma once

#include "framework/plan/plan.h"

namespace tuneval {

/// What this machine does, measured.
struct Calibration {
  double flops_per_second = 0.0;  ///< fastest product of the plan's shapes, in what is computed in
  double bytes_per_second = 0.0;  ///< weights read for the product with one token
};

/// Measures on the manifest's device, with its number of threads, for about half a second.
Calibration calibrate(const Plan& plan);

/// Seconds that a cell's work takes at these rates and the shares of them that tuning and scoring
/// were measured to reach; loading, tokenizing and what judges take are left out.
double estimate_seconds(const CellEstimate& work, const ModelCosts& model, const Recipe& recipe,
                        const Calibration& machine);

/// Fills in CellEstimate::seconds of all cells that have a model.
void fill_times(Plan& plan, const Calibration& machine);

}  // namespace tuneval
