#include "framework/generate/decoder.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/tensor.h>

#include <algorithm>

namespace tuneval {

namespace {
// A row's answer takes slots in blocks of this many: long enough that most answers need one or two,
// short enough that rows which finish early waste little.
constexpr int64_t kBlock = 32;
// Logits are computed for this many rows at once, so that a large vocabulary stays affordable.
constexpr int64_t kRowsOfLogits = 64;
}  // namespace

struct Decoder::Row {
  size_t index = 0;     // in the prompts
  int64_t segment = 0;  // the segment that ends with its last token
  int64_t room = 0;     // slots left in that segment's block
  int64_t prompt_length = 0;
  int64_t pending = 0;  // chosen, not yet computed
  Completion completion;
};

Decoder::Decoder(const LoadedModel& model, const GenerateOptions& options)
    : model_(model), options_(options) {}

void Decoder::cache_prefix(std::span<const int64_t> ids) {
  const at::InferenceMode inference;
  prefix_ = int64_t(ids.size());
  if (prefix_ == 0) return;
  capacity_ = prefix_;
  cache_.reserve(capacity_);
  model_.lm->hidden(
      make_batch({ids.begin(), ids.end()}, {{-1, 0, prefix_}}, {{0, 0, prefix_}}, model_.device),
      &cache_);
  computed_tokens_ += prefix_;
}

std::vector<int64_t> Decoder::next_tokens(const Batch& batch, const std::vector<int64_t>& asked) {
  const at::Tensor hidden = model_.lm->hidden(batch, &cache_);
  std::vector<int64_t> next;
  for (size_t begin = 0; begin < asked.size(); begin += kRowsOfLogits) {
    const size_t end = std::min(asked.size(), begin + kRowsOfLogits);
    const std::vector<int64_t> part(asked.begin() + int64_t(begin), asked.begin() + int64_t(end));
    const at::Tensor rows = hidden.index_select(0, at::tensor(part, at::kLong).to(hidden.device()));
    const at::Tensor best = model_.lm->logits(rows).argmax(-1).to(at::kCPU);
    next.insert(next.end(), best.data_ptr<int64_t>(), best.data_ptr<int64_t>() + best.numel());
  }
  return next;
}

std::vector<Decoder::Row> Decoder::prefill(std::span<const std::vector<int64_t>> prompts,
                                           Forest& forest) {
  forest = make_forest(prompts);
  const int64_t most =
      std::min(int64_t(prompts.size()) * (options_.decoding.max_new_tokens + kBlock),
               int64_t(prompts.size()) * 2 * kBlock);
  next_slot_ = forest.tokens();
  capacity_ = std::max(capacity_, forest.tokens() + most);
  cache_.reserve(capacity_);
  const Batch batch = make_batch(forest, model_.device, prefix_);
  computed_tokens_ += batch.tokens();
  std::vector<Row> rows;
  std::vector<int64_t> asked;
  for (int64_t index : forest.order) {
    Row row;
    row.index = size_t(index);
    row.segment = forest.last_segment[row.index];
    row.prompt_length = int64_t(prompts[row.index].size());
    asked.push_back(forest.last[row.index] - prefix_);  // the batch begins behind the prefix
    rows.push_back(std::move(row));
  }
  const std::vector<int64_t> next = next_tokens(batch, asked);
  for (size_t i = 0; i < rows.size(); ++i) rows[i].pending = next[i];
  return rows;
}

void Decoder::grow(Row& row, std::vector<Segment>& segments) {
  if (row.room == 0) {
    if (next_slot_ + kBlock > capacity_) {
      capacity_ = std::max(next_slot_ + kBlock, capacity_ + capacity_ / 2);
      cache_.reserve(capacity_);
    }
    segments.push_back({row.segment, next_slot_, 0});
    row.segment = int64_t(segments.size()) - 1;
    row.room = kBlock;
    next_slot_ += kBlock;
  }
  ++segments[size_t(row.segment)].length;
  --row.room;
}

bool Decoder::accept(Row& row, int64_t id) const {
  Completion& completion = row.completion;
  if (model_.text->is_end(id)) {
    completion.stop = StopReason::end_token;
    return false;
  }
  completion.ids.push_back(id);
  if (!options_.decoding.stop.empty()) {
    const std::string text = model_.text->tokenizer.decode(completion.ids, true);
    for (const std::string& stop : options_.decoding.stop) {
      if (text.find(stop) == std::string::npos) continue;
      completion.stop = StopReason::stop_string;
      return false;
    }
  }
  const int64_t length = row.prompt_length + int64_t(completion.ids.size());
  completion.stop = StopReason::length;
  return int64_t(completion.ids.size()) < options_.decoding.max_new_tokens &&
         (model_.context == 0 || length < model_.context);
}

std::vector<Completion> Decoder::decode(std::span<const std::vector<int64_t>> prompts) {
  const at::InferenceMode inference;
  Forest forest;
  std::vector<Row> rows = prefill(prompts, forest);
  std::vector<Segment> segments = forest.segments;
  std::vector<Completion> completions(prompts.size());
  while (!rows.empty()) {
    std::vector<Row> active;
    for (Row& row : rows) {
      ++new_tokens_;
      if (accept(row, row.pending)) {
        active.push_back(std::move(row));
      } else {
        completions[row.index] = std::move(row.completion);
      }
    }
    rows = std::move(active);
    if (rows.empty()) break;
    std::vector<int64_t> ids, asked;
    std::vector<Piece> pieces;
    for (Row& row : rows) {
      grow(row, segments);
      asked.push_back(int64_t(ids.size()));
      ids.push_back(row.pending);
      pieces.push_back({row.segment, segments[size_t(row.segment)].length - 1, 1});
    }
    const Batch batch = make_batch(std::move(ids), segments, std::move(pieces), model_.device);
    const std::vector<int64_t> next = next_tokens(batch, asked);
    for (size_t i = 0; i < rows.size(); ++i) rows[i].pending = next[i];
  }
  return completions;
}

}  // namespace tuneval
