#include "framework/generate/ranker.h"

#include "framework/generate/call_budget.h"
#include "framework/generate/choice.h"
#include "tuneval/error.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace tuneval {

namespace {
// Prompts of one call share what they have in common; more of them than this gain nothing.
constexpr int64_t kMostPrompts = 16;
constexpr int64_t kPieceAlone = 64;
}  // namespace

struct Ranker::Row {
  size_t index;
  const std::vector<int64_t>* prompt;
  std::shared_ptr<CachedSegment> leaf;
  std::unique_ptr<SlotRange> slots;  // of its answers
  // By slot of the forest + 1 (0: the prompt's end): log-probabilities of transitions_ there.
  std::vector<std::vector<double>> log_probability = {};
  double largest = 0;  // |logit|
};

/// What one pass over the model computes, and whose logits are read: those behind a token are
/// wanted for a row at a place of its forest.
struct Ranker::Call {
  struct Wanted {
    int64_t token;
    Row* row;
    size_t place;
  };
  std::vector<int64_t> ids = {};
  std::vector<Piece> pieces = {};
  SegmentList segments = {};
  std::vector<Wanted> wanted = {};
};

Ranker::Ranker(const LoadedModel& model, const AnswerTrie& answers, const RankOptions& options)
    : model_(model), answers_(answers), options_(options), forest_(make_forest(answers.rows())) {
  transitions_.resize(size_t(forest_.tokens()) + 1);
  for (size_t slot = 0; slot < forest_.ids.size(); ++slot) {
    transitions_[size_t(forest_.parent[slot] + 1)].push_back(forest_.ids[slot]);
  }
  // End tokens stand behind the tokens that go on, at every place.
  for (auto& tokens : transitions_) {
    tokens.insert(tokens.end(), model.text->end_tokens.begin(), model.text->end_tokens.end());
  }
}

void Ranker::run(std::span<const std::vector<int64_t>> prompts, const std::vector<size_t>& order,
                 const Report& report) {
  const at::InferenceMode inference;
  const int64_t budget = tokens_a_call(model_.device, options_.token_budget);
  const int64_t fitting = budget / std::max<int64_t>(1, forest_.tokens());
  const auto together = size_t(std::clamp<int64_t>(fitting, 1, kMostPrompts));
  PromptTrie trie(pool_);
  for (size_t begin = 0; begin < order.size(); begin += together) {
    std::vector<Row> rows;
    for (size_t i = begin; i < std::min(order.size(), begin + together); ++i) {
      const std::vector<int64_t>& prompt = prompts[order[i]];
      rows.push_back({order[i], &prompt, trie.add(prompt), nullptr});
    }
    compute_rows(rows, budget, /*apart=*/false);
    for (const Row& row : rows) report(row.index, scores_of(row));
  }
}

Ranker::Scores Ranker::alone(const std::vector<int64_t>& prompt, size_t index) {
  const at::InferenceMode inference;
  PromptTrie trie(pool_);
  std::vector<Row> rows;
  rows.push_back({index, &prompt, trie.add(prompt), nullptr});
  compute_rows(rows, kPieceAlone, /*apart=*/true);
  return scores_of(rows.front());
}

/// What the rows' prompts have and the cache has not, and their answers, in calls of about `budget`
/// tokens; `apart`: answers in a call of their own.
void Ranker::compute_rows(std::span<Row> rows, int64_t budget, bool apart) {
  Call call;
  for (Row& row : rows) {
    row.log_probability.resize(transitions_.size());
    int64_t depth = 0;
    for (CachedSegment* segment : chain_of(row.leaf)) {
      while (segment->computed < segment->length) {
        const int64_t room = budget - int64_t(call.ids.size());
        if (room <= 0) {
          flush(call);
          continue;
        }
        const int64_t length = std::min(segment->length - segment->computed, room);
        const auto from = row.prompt->begin() + depth + segment->computed;
        call.ids.insert(call.ids.end(), from, from + length);
        call.pieces.push_back({call.segments.index_of(*segment), segment->computed, length});
        segment->computed += length;
      }
      depth += segment->length;
    }
    // A prompt's last token is its own: of equal prompts there is one.
    call.wanted.push_back({int64_t(call.ids.size()) - 1, &row, 0});
    if (apart || int64_t(call.ids.size()) + forest_.tokens() > budget) flush(call);
    add_answers(call, row);
  }
  flush(call);
}

void Ranker::add_answers(Call& call, Row& row) {
  if (forest_.tokens() == 0) return;
  row.slots = std::make_unique<SlotRange>(pool_, forest_.tokens());
  const int64_t leaf = call.segments.index_of(*row.leaf);
  std::vector<int64_t> numbers;
  for (const Segment& segment : forest_.segments) {
    const int64_t parent = segment.parent < 0 ? leaf : numbers[size_t(segment.parent)];
    numbers.push_back(
        call.segments.add({parent, row.slots->begin() + segment.begin, segment.length}));
    call.pieces.push_back({numbers.back(), 0, segment.length});
    for (int64_t slot = segment.begin; slot < segment.begin + segment.length; ++slot) {
      call.wanted.push_back({int64_t(call.ids.size()), &row, size_t(slot) + 1});
      call.ids.push_back(forest_.ids[size_t(slot)]);
    }
  }
}

void Ranker::flush(Call& call) {
  if (call.ids.empty()) return;
  if (pool_.end() > capacity_) {
    capacity_ = std::max(pool_.end(), capacity_ + capacity_ / 4);
    cache_.reserve(capacity_);
  }
  computed_ += int64_t(call.ids.size());
  const Batch batch =
      make_batch(std::move(call.ids), call.segments.take(), std::move(call.pieces), model_.device);
  read_logits(model_.lm->hidden(batch, &cache_), call);
  call = Call();
}

void Ranker::read_logits(const at::Tensor& hidden, const Call& call) {
  for (size_t begin = 0; begin < call.wanted.size(); begin += kRowsOfLogits) {
    const size_t end = std::min(call.wanted.size(), begin + size_t(kRowsOfLogits));
    std::vector<int64_t> tokens, rows, ids;
    for (size_t i = begin; i < end; ++i) {
      tokens.push_back(call.wanted[i].token);
      for (const int64_t id : transitions_[call.wanted[i].place]) {
        rows.push_back(int64_t(i - begin));
        ids.push_back(id);
      }
    }
    const auto on_device = [&](const std::vector<int64_t>& values) {
      return at::tensor(values, at::kLong).to(hidden.device());
    };
    const at::Tensor logits =
        model_.lm->logits(hidden.index_select(0, on_device(tokens))).to(at::kFloat);
    const at::Tensor sums = at::logsumexp(logits, -1).to(at::kCPU);
    const at::Tensor sizes = logits.abs().amax(-1).to(at::kCPU);
    const at::Tensor found = logits.index({on_device(rows), on_device(ids)}).to(at::kCPU);
    const float* value = found.const_data_ptr<float>();
    for (size_t i = begin; i < end; ++i) {
      Row& row = *call.wanted[i].row;
      const double sum = sums.const_data_ptr<float>()[i - begin];
      const double size = sizes.const_data_ptr<float>()[i - begin];
      if (!std::isfinite(sum) || !std::isfinite(size)) {
        throw CheckpointError(fmt::format(
            "{}: the logits that {} gives in {} are not all finite numbers: weights or adapter are "
            "broken, or the format is too narrow for them",
            options_.name ? options_.name(row.index) : fmt::format("prompt {}", row.index),
            model_.folder.string(), dtype_name(model_.dtype)));
      }
      row.largest = std::max(row.largest, size);
      for (size_t n = transitions_[call.wanted[i].place].size(); n > 0; --n) {
        row.log_probability[call.wanted[i].place].push_back(double(*value++) - sum);
      }
    }
  }
}

Ranker::Scores Ranker::scores_of(const Row& row) const {
  const size_t ends = model_.text->end_tokens.size();
  Scores scores;
  size_t longest = 0;
  for (size_t answer = 0; answer < answers_.rows().size(); ++answer) {
    double total = 0;
    size_t place = 0;
    for (const int64_t slot : forest_.path(answer)) {
      const std::vector<int64_t>& tokens = transitions_[place];
      const auto at =
          std::find(tokens.begin(), tokens.end() - int64_t(ends), forest_.ids[size_t(slot)]);
      total += row.log_probability[place][size_t(at - tokens.begin())];
      place = size_t(slot) + 1;
    }
    double any_end = 0;
    for (size_t i = 1; i <= ends; ++i) {
      any_end += std::exp(row.log_probability[place][transitions_[place].size() - i]);
    }
    if (ends > 0) total += std::log(any_end);
    scores.log_probability.push_back(total);
    longest = std::max(longest, answers_.rows()[answer].size() + 1);
  }
  scores.rounding = double(kNearTie) * row.largest * double(longest);
  return scores;
}

}  // namespace tuneval
