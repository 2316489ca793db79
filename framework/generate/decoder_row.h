#pragma once

#include "framework/generate/decoder.h"
#include "framework/generate/lookup.h"
#include "framework/text/token_constraint.h"
#include "tuneval/error.h"

#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <vector>

namespace tuneval {

/// A row that is being completed.
struct Decoder::Row {
  RowRequest request;        // its prompt is in `ids`
  std::vector<int64_t> ids;  // prompt and answer; the last is not yet computed
  size_t prompt_length = 0;
  std::shared_ptr<CachedSegment> segment;       // holds its last computed token
  bool fresh = true;                            // its prompt awaits prefilling
  bool grows = false;                           // whether `segment` is its own, behind the prompt
  std::unique_ptr<TokenConstraint> constraint;  // null: the answer may be anything
  std::vector<int64_t> draft;                   // computed together with its last token
  int64_t forced = 0;                           // of the draft's tokens, those first that are sure
  std::vector<TokenMask> masks;                 // behind the last sure token, and each guess
  DraftPace pace;
  int64_t ties = 0;
  int64_t cached = 0;
  bool active = true;
  Completion completion;
  std::exception_ptr failure;

  std::span<const int64_t> prompt() const { return std::span(ids).first(prompt_length); }
  /// The mask of the i-th choice that is left to the model; null where anything may come.
  const TokenMask* mask(size_t i) const { return constraint ? &masks[i] : nullptr; }
  /// How the i-th token from here on is drawn.
  Draw draw(int64_t i) const { return {request.sampling, int64_t(completion.ids.size()) + i}; }

  /// Does what may fail for this row alone: it then ends with the failure, the others go on.
  template <class Work>
  void guarded(const Work& work) {
    try {
      work();
    } catch (const Error&) {
      failure = std::current_exception();
      active = false;
    }
  }
};

}  // namespace tuneval
