#pragma once

#include "framework/record/store.h"

#include <string>
#include <string_view>

namespace tuneval {

/// The record of the cell of a model and a task, both as the run's manifest names them, with the
/// adapter that it kept. Where several cells bear these names (a run folder that saw two recipes),
/// `id` says which; otherwise it may be empty. Of several seeds it is the first, where the run
/// scored models before tuning. A seed-only cell and one of the band are found by their ids alone.
/// Throws RecordError saying what there is: no record of that model, task or id; a cell that
/// failed; one that kept no adapter; several. Records that cannot be read are named in the message
/// too.
CellRecord find_tuned(const RecordStore& store, std::string_view model, std::string_view task,
                      std::string_view id = {});

}  // namespace tuneval
