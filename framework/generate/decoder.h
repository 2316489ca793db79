#pragma once

#include "framework/generate/generate.h"

#include <cstdint>
#include <span>
#include <vector>

namespace tuneval {

/// Decodes batches of rows that all begin with one cached prefix.
///
/// Slots [0, prefix) hold the prefix for good; a batch's other prompt tokens come behind, then
/// blocks that rows take as their answers grow.
class Decoder {
 public:
  Decoder(const LoadedModel& model, const GenerateOptions& options);

  /// Computes a prefix that every later prompt begins with.
  void cache_prefix(std::span<const int64_t> ids);
  /// Completions of prompts, in their order.
  std::vector<Completion> decode(std::span<const std::vector<int64_t>> prompts);

  int64_t computed_tokens() const { return computed_tokens_; }
  int64_t new_tokens() const { return new_tokens_; }

 private:
  struct Row;
  /// Runs a batch and returns the most likely next token behind each of its tokens asked for.
  std::vector<int64_t> next_tokens(const Batch& batch, const std::vector<int64_t>& asked);
  std::vector<Row> prefill(std::span<const std::vector<int64_t>> prompts, Forest& forest);
  void grow(Row& row, std::vector<Segment>& segments);
  /// Takes in a row's next token; false when the row is finished.
  bool accept(Row& row, int64_t id) const;

  const LoadedModel& model_;
  const GenerateOptions& options_;
  Cache cache_;
  int64_t prefix_ = 0;
  int64_t capacity_ = 0;
  int64_t next_slot_ = 0;
  int64_t computed_tokens_ = 0, new_tokens_ = 0;
};

}  // namespace tuneval
