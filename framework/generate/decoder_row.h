#pragma once

#include "framework/generate/decoder.h"
#include "framework/generate/lookup.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace tuneval {

/// A row that is being completed.
struct Decoder::Row {
  size_t index = 0;                        // in the prompts
  std::vector<int64_t> ids;                // prompt and answer; the last one is not yet computed
  std::shared_ptr<CachedSegment> segment;  // holds its last computed token
  bool grows = false;                      // whether that is one of its own, behind the prompt
  std::vector<int64_t> draft;              // computed together with its last token
  DraftPace pace;
  int64_t ties = 0;
  bool active = true;
  Completion completion;
};

}  // namespace tuneval
