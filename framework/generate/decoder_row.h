#pragma once

#include "framework/generate/decoder.h"
#include "framework/generate/lookup.h"
#include "framework/text/token_constraint.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace tuneval {

/// A row that is being completed.
struct Decoder::Row {
  size_t index = 0;                             // in the prompts
  std::vector<int64_t> ids;                     // prompt and answer; the last is not yet computed
  std::shared_ptr<CachedSegment> segment;       // holds its last computed token
  bool grows = false;                           // whether that is its own, behind the prompt
  std::unique_ptr<TokenConstraint> constraint;  // null: the answer may be anything
  std::vector<int64_t> draft;                   // computed together with its last token
  int64_t forced = 0;                           // of the draft's tokens, those first that are sure
  std::vector<TokenMask> masks;                 // behind the last sure token, and each guess
  DraftPace pace;
  int64_t ties = 0;
  bool active = true;
  Completion completion;

  /// The mask of the i-th choice that is left to the model; null where anything may come.
  const TokenMask* mask(size_t i) const { return constraint ? &masks[i] : nullptr; }
};

}  // namespace tuneval
