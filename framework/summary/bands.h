#pragma once

#include "framework/summary/selection.h"
#include "framework/summary/summary.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

/// The learning rates that a model was tuned with on a task, one chosen by the loss on the rows
/// held out; none where it has no band.
std::optional<BandSummary> band_of(const Selection& selection, const TaskSummary& task,
                                   const std::string& model);

/// The models of the summary that have a band, under the recipe's own rate and under those chosen.
std::vector<BandRank> rank_bands(const Summary& summary, std::span<const BandSummary> bands,
                                 const RankRules& rules);

/// What of a band did not come to be: a choice among fewer rates is another choice.
void note_band(const BandSummary& band, std::vector<std::string>& notes);

}  // namespace tuneval
