#pragma once

#include "framework/generate/arbiter.h"
#include "framework/generate/cached_forest.h"
#include "framework/generate/choice.h"
#include "framework/generate/generate.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace tuneval {

/// Decodes rows together: takes as many as fit, takes further ones as they finish.
///
/// What prompts share is in the cache once (PromptTrie); behind its prompt each row has segments of
/// its own, which grow by blocks of slots as the answer does.
class Decoder {
 public:
  /// A prompt's index and what came of it.
  using Done = std::vector<std::pair<size_t, Completion>>;

  Decoder(const LoadedModel& model, const GenerateOptions& options,
          std::span<const std::vector<int64_t>> prompts);
  ~Decoder();

  /// Completes prompts[order[0]], prompts[order[1]] …, which must be sorted, none twice. `report`
  /// is called after each pass over the model that finished rows. May be called again.
  void run(const std::vector<size_t>& order, const std::function<void(Done)>& report);

  /// What was done, without the completions.
  const Generated& counts() const { return counts_; }

 private:
  struct Row;
  struct Part;

  bool takes_rows(const std::vector<size_t>& order) const;
  void admit(const std::vector<size_t>& order);
  void prefill(std::span<Row> rows);
  void prefill_call(std::span<const Part> parts);
  void step();
  void draft_all();
  std::string name_of(size_t index) const;
  /// Before its first token; null where the answer may be anything.
  std::unique_ptr<TokenConstraint> start(size_t index) const;
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
  void release_finished(const std::function<void(Done)>& report);

  /// Tokens whose choices are asked for, and for each what it may be (null: anything).
  struct Asked {
    std::vector<int64_t> tokens;
    std::vector<const TokenMask*> masks;
  };
  /// Computes tokens of the cached forest; the choice behind each of those asked for.
  std::vector<Choice> compute(std::vector<int64_t> ids, SegmentList segments,
                              std::vector<Piece> pieces, const Asked& asked);

  const LoadedModel& model_;
  const GenerateOptions& options_;
  std::span<const std::vector<int64_t>> prompts_;
  const bool exact_;
  Cache cache_;
  int64_t capacity_ = 0;
  SlotPool pool_;
  PromptTrie trie_{pool_};
  Arbiter arbiter_;
  std::vector<Row> rows_;  // in depth-first order, since prompts come sorted
  size_t next_ = 0;        // in the order
  Generated counts_;
};

}  // namespace tuneval
