#pragma once

#include "framework/generate/arbiter.h"
#include "framework/generate/cached_forest.h"
#include "framework/generate/choice.h"
#include "framework/generate/generate.h"
#include "framework/generate/sampling.h"

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tuneval {

/// A prompt to be completed, and how.
struct RowRequest {
  size_t index = 0;             ///< what the caller knows it by
  std::vector<int64_t> prompt;  ///< not empty, and shorter than the model's context
  int64_t max_new_tokens = 64;
  std::vector<std::string> stop = {};
  Sampling sampling = {};
  std::shared_ptr<const Grammar> grammar = nullptr;  ///< null: the answer may be anything
  std::string name = {};                             ///< what an error calls it
  std::function<void(int64_t id)> told = nullptr;    ///< of each token of the answer, as it comes
};

/// What came of a row.
struct FinishedRow {
  size_t index = 0;
  Completion completion;       ///< its text is not filled in
  int64_t cached = 0;          ///< tokens of the prompt that were in the cache already
  std::exception_ptr failure;  ///< an Error in place of the completion
};

struct DecoderOptions {
  int64_t token_budget = 8192;  ///< distinct prompt tokens computed at once; on a CPU 512 at most
  bool lookup = true;           ///< guess what is copied from the row itself
  /// Whether prompts come in any order, at any time, and what rows have computed is kept for later
  /// ones (PrefixStore). Else they come sorted, none twice among those decoded together.
  bool keep_prefixes = false;
};

/// Decodes rows together; further ones may join at any time, and each leaves when it has ended.
///
/// What prompts share is in the cache once (PromptCache); behind its prompt each row has segments
/// of its own, which grow by blocks of slots as the answer does.
class Decoder {
 public:
  Decoder(const LoadedModel& model, const DecoderOptions& options);
  ~Decoder();

  /// Takes in a row; its prompt is computed with the next `prefill`. Throws DataError where its
  /// grammar allows no answer; then nothing has changed.
  void add(RowRequest request);
  /// Computes the prompts of all rows that were added since, and with each the first token.
  void prefill();
  /// One pass over the model: at least one token of every row.
  void step();
  /// The rows that have ended since; they are gone from here.
  std::vector<FinishedRow> take_finished();
  /// Drops the row of that index, if there is one.
  void drop(size_t index);

  size_t rows() const;
  /// Slots of the cache that are taken.
  int64_t used() const { return pool_.used(); }
  /// Lets go of kept prompts, the longest unused first, until so many slots are free of `most` as
  /// `prompt` lacks; whether that worked. Where it cannot, for what rows at work hold, a prompt
  /// that is not empty lets go of nothing.
  bool make_room(std::span<const int64_t> prompt, int64_t most);
  /// What was done, without the completions.
  const Generated& counts() const { return counts_; }

 private:
  struct Row;
  struct Part;

  /// Before an answer's first token; null where it may be anything.
  static std::unique_ptr<TokenConstraint> start(const RowRequest& request);
  void reserve_answers();
  void prefill_rows(std::span<Row* const> rows);
  void prefill_call(std::span<const Part> parts);
  void draft_all();
  /// Fills in a row's draft, at most `most` tokens of it looked up, and none behind `room`.
  void draft(Row& row, int64_t most, int64_t room);
  /// Makes room for a row's next token; returns how many tokens fit.
  int64_t grow(Row& row);
  /// Tokens that a row may still get before a limit ends it.
  int64_t room_of(const Row& row) const;
  void settle(Row& row, std::span<const Choice> choices);
  int64_t decide(Row& row, const Choice& choice, const TokenMask* mask);
  /// Looks for tokens that the row's grammar leaves no choice of. Where they lead to an end they
  /// are taken; else they are drafted in the next step.
  void force(Row& row);
  /// Takes in a row's next token; whether the row goes on is row.active.
  void take(Row& row, int64_t id);
  bool stopped(const Row& row) const;

  /// Tokens whose choices are asked for, and for each what it may be (null: anything) and how it is
  /// drawn.
  struct Asked {
    std::vector<int64_t> tokens;
    std::vector<const TokenMask*> masks;
    std::vector<Draw> draws;

    /// The `place`-th choice that is left to the model behind a row's last token.
    void add(int64_t token, const Row& row, size_t place);
  };
  /// Computes tokens of the cached forest; the choice behind each of those asked for.
  std::vector<Choice> compute(std::vector<int64_t> ids, SegmentList segments,
                              std::vector<Piece> pieces, const Asked& asked);

  const LoadedModel& model_;
  const DecoderOptions options_;
  const bool exact_;
  Cache cache_;
  int64_t capacity_ = 0;
  SlotPool pool_;
  std::unique_ptr<PromptCache> prompts_;
  Arbiter arbiter_;
  // By their prompts, those of equal ones as they came: rows that share much of the forest stand
  // near each other.
  std::vector<Row> rows_;
  Generated counts_;
};

}  // namespace tuneval
