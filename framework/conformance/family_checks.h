#pragma once

#include "framework/conformance/checker.h"
#include "framework/conformance/toy_model.h"

#include <filesystem>

namespace tuneval {

/// Rows that part late, early and never, one the beginning of others, one twice, one of one token;
/// long enough that shared beginnings are computed apart.
TokenRows branching_rows(const ToyModel& toy);

/// What the family's code promises without being run.
std::string check_missing_keys(const ModelFamily& family);
std::string check_lora_targets(const ModelFamily& family, const ToyModel& toy);
std::string check_checkpoint(const ModelFamily& family, const std::filesystem::path& folder);

/// What its logits promise.
std::string check_shapes(const ToyModel& toy);
std::string check_cache(const ToyModel& toy);
std::string check_forest(const ToyModel& toy);
std::string check_rows_apart(const ToyModel& toy);
std::string check_future(const ToyModel& toy);

/// What adapters promise.
std::string check_fresh_adapter(const ToyModel& toy);
std::string check_learning(const ToyModel& toy);
std::string check_merging(const ToyModel& toy);

}  // namespace tuneval
