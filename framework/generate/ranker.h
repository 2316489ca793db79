#pragma once

#include "framework/generate/cached_forest.h"
#include "framework/generate/generate.h"
#include "framework/generate/rank_answers.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace tuneval {

/// Computes a forest of answers behind each prompt's end.
class Ranker {
 public:
  struct Scores {
    std::vector<double> log_probability;  ///< by answer
    double rounding = 0;  ///< leads up to this could be turned by what was computed together
  };
  using Report = std::function<void(size_t index, Scores)>;

  Ranker(const LoadedModel& model, const AnswerTrie& answers, const RankOptions& options);

  /// Scores prompts[order[0]], prompts[order[1]] …, which must be sorted, none twice.
  void run(std::span<const std::vector<int64_t>> prompts, const std::vector<size_t>& order,
           const Report& report);
  /// Scores one prompt by itself, in pieces whose shapes depend on it and the answers alone.
  Scores alone(const std::vector<int64_t>& prompt, size_t index);

  int64_t computed() const { return computed_; }

 private:
  struct Row;
  struct Call;

  void compute_rows(std::span<Row> rows, int64_t budget, bool apart);
  void add_answers(Call& call, Row& row);
  void flush(Call& call);
  void read_logits(const at::Tensor& hidden, const Call& call);
  Scores scores_of(const Row& row) const;

  const LoadedModel& model_;
  const AnswerTrie& answers_;
  const RankOptions& options_;
  Forest forest_;                                  // of the answers
  std::vector<std::vector<int64_t>> transitions_;  // by slot of the forest + 1: what may follow
  Cache cache_;
  int64_t capacity_ = 0, computed_ = 0;
  SlotPool pool_;
};

}  // namespace tuneval
