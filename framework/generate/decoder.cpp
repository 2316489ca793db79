#include "framework/generate/decoder.h"

#include "framework/generate/call_budget.h"
#include "framework/generate/decoder_row.h"
#include "framework/generate/prefix_store.h"
#include "tuneval/error.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tuneval {

namespace {
// An answer takes slots in blocks of this many, later of a quarter of its length: few segments to
// a row, few slots that nothing ever comes to.
constexpr int64_t kBlock = 32, kLongestBlock = 256;
// Tokens of a step, drafts included. A step on more of them takes as much longer as there are more,
// so a draft that may be wrong no longer pays; on a GPU that point comes later.
constexpr int64_t kFullStep = 16, kFullStepOnGpu = 192;
// A row with more near ties than this, and one more for every so many tokens, is computed by itself
// to its end: the arbiter then has most of it already, where rows that take turns would each be
// computed from the start for every token.
constexpr int64_t kManyTies = 4, kTokensATie = 16;
}  // namespace

Decoder::Decoder(const LoadedModel& model, const DecoderOptions& options)
    : model_(model), options_(options), exact_(order_independent(model)), arbiter_(model) {
  if (options.keep_prefixes) {
    prompts_ = std::make_unique<PrefixStore>(pool_);
  } else {
    prompts_ = std::make_unique<PromptTrie>(pool_);
  }
}
Decoder::~Decoder() = default;

void Decoder::add(RowRequest request) {
  Row row;
  row.constraint = start(request);
  row.ids = std::move(request.prompt);
  row.prompt_length = row.ids.size();
  row.request = std::move(request);
  row.segment = prompts_->add(row.ids);
  for (const CachedSegment* segment : chain_of(row.segment)) row.cached += segment->computed;
  const auto place =
      std::upper_bound(rows_.begin(), rows_.end(), row, [](const Row& a, const Row& b) {
        return std::ranges::lexicographical_compare(a.prompt(), b.prompt());
      });
  rows_.insert(place, std::move(row));
}

size_t Decoder::rows() const { return rows_.size(); }

void Decoder::drop(size_t index) {
  std::erase_if(rows_, [&](const Row& row) { return row.request.index == index; });
}

bool Decoder::make_room(std::span<const int64_t> prompt, int64_t most) {
  const auto lacks = [&] { return int64_t(prompt.size()) - prompts_->known(prompt); };
  const int64_t before = lacks();
  // Where rows at work hold too much, letting go of all that is kept would not let it in.
  const int64_t least = pool_.used() - prompts_->spare() + before;
  if (!prompt.empty() && !rows_.empty() && least > most) return false;
  prompts_->shrink(most - before);
  return pool_.used() + lacks() <= most;  // of the prompt itself something may be gone
}

/// Room for the first tokens of all answers at once.
void Decoder::reserve_answers() {
  int64_t answers = 0;
  for (const Row& row : rows_) answers += std::min(kBlock, row.request.max_new_tokens);
  if (pool_.end() + answers <= capacity_) return;
  capacity_ = pool_.end() + answers;
  cache_.reserve(capacity_);
}

void Decoder::prefill() {
  const at::InferenceMode inference;
  std::vector<Row*> fresh;
  for (Row& row : rows_) {
    if (std::exchange(row.fresh, false)) fresh.push_back(&row);
  }
  if (fresh.empty()) return;
  reserve_answers();
  prefill_rows(fresh);
}

void Decoder::Asked::add(int64_t token, const Row& row, size_t place) {
  tokens.push_back(token);
  masks.push_back(row.mask(place));
  draws.push_back(row.draw(row.forced + int64_t(place)));
}

std::vector<Choice> Decoder::compute(std::vector<int64_t> ids, SegmentList segments,
                                     std::vector<Piece> pieces, const Asked& asked) {
  if (pool_.end() > capacity_) {
    capacity_ = std::max(pool_.end(), capacity_ + capacity_ / 4);
    cache_.reserve(capacity_);
  }
  const Batch batch = make_batch(std::move(ids), segments.take(), std::move(pieces), model_.device);
  const at::Tensor hidden = model_.lm->hidden(batch, &cache_);
  std::vector<Choice> choices;
  const auto total = int64_t(asked.tokens.size());
  for (int64_t begin = 0; begin < total; begin += kRowsOfLogits) {
    const auto first = asked.tokens.begin() + begin;
    const auto count = std::min(kRowsOfLogits, total - begin);
    const std::vector<int64_t> part(first, first + count);
    const bool all = total == hidden.size(0);
    const at::Tensor rows =
        all ? hidden.narrow(0, begin, count)
            : hidden.index_select(0, at::tensor(part, at::kLong).to(hidden.device()));
    const auto masks = std::span(asked.masks).subspan(size_t(begin), size_t(count));
    const auto draws = std::span(asked.draws).subspan(size_t(begin), size_t(count));
    const std::vector<Choice> chosen = choose(model_.lm->logits(rows), masks, draws);
    choices.insert(choices.end(), chosen.begin(), chosen.end());
  }
  return choices;
}

int64_t Decoder::room_of(const Row& row) const {
  const int64_t answer = int64_t(row.completion.ids.size());
  const int64_t room = row.request.max_new_tokens - answer;
  return model_.context == 0 ? room : std::min(room, model_.context - int64_t(row.ids.size()));
}

int64_t Decoder::grow(Row& row) {
  CachedSegment& last = *row.segment;
  if (row.grows && last.length < last.slots.length()) return last.slots.length() - last.length;
  const int64_t quarter = int64_t(row.completion.ids.size()) / 4;
  const int64_t block = std::min(std::clamp(quarter, kBlock, kLongestBlock), room_of(row));
  if (!row.grows || !last.slots.extend(block)) {
    row.segment = std::make_shared<CachedSegment>(row.segment, SlotRange(pool_, block), 0);
    row.grows = true;
  }
  return block;
}

/// Grows every row, and drafts where that may pay.
void Decoder::draft_all() {
  const int64_t full = model_.device.is_cpu() ? kFullStep : kFullStepOnGpu;
  auto waiting = int64_t(rows_.size());
  int64_t budget = options_.lookup ? std::max<int64_t>(0, full - waiting) : 0;
  for (Row& row : rows_) {
    const int64_t share = (budget + waiting - 1) / waiting;
    const int64_t room = std::min(grow(row), room_of(row)) - 1;
    row.guarded([&] { draft(row, std::min(share, row.pace.most()), room); });
    budget -= int64_t(row.draft.size()) - row.forced;
    --waiting;
  }
}

void Decoder::step() {
  const at::InferenceMode inference;
  if (rows_.empty()) return;
  draft_all();
  std::vector<int64_t> ids;
  Asked asked;
  std::vector<Piece> pieces;
  SegmentList segments;
  for (Row& row : rows_) {
    if (!row.active) continue;
    const auto length = int64_t(row.draft.size()) + 1;
    pieces.push_back({0, row.segment->length, length});
    row.segment->length += length;
    pieces.back().segment = segments.index_of(*row.segment);
    for (int64_t i = row.forced; i < length; ++i) {
      asked.add(int64_t(ids.size()) + i, row, size_t(i - row.forced));
    }
    ids.push_back(row.ids.back());
    ids.insert(ids.end(), row.draft.begin(), row.draft.end());
  }
  if (ids.empty()) return;
  ++counts_.steps;
  const std::vector<Choice> choices =
      compute(std::move(ids), std::move(segments), std::move(pieces), asked);
  size_t begin = 0;
  for (Row& row : rows_) {
    if (!row.active) continue;
    const size_t count = row.draft.size() + 1 - size_t(row.forced);
    row.guarded([&] { settle(row, std::span(choices).subspan(begin, count)); });
    begin += count;
  }
}

/// Takes the tokens behind a row's last one and its draft, as far as the draft was right: its
/// forced tokens are. The slots of what was wrong are written again.
void Decoder::settle(Row& row, std::span<const Choice> choices) {
  const auto drafted = int64_t(row.draft.size());
  int64_t right = 0;
  while (true) {
    const bool sure = right < row.forced;
    const auto chosen = size_t(right - row.forced);
    const int64_t id =
        sure ? row.draft[size_t(right)] : decide(row, choices[chosen], row.mask(chosen));
    take(row, id);
    if (!row.active || right == drafted || row.draft[size_t(right)] != id) break;
    ++right;
  }
  row.segment->length -= drafted - right;
  row.pace.learn(drafted - row.forced, right - row.forced);
  counts_.drafted += drafted - row.forced;
  counts_.accepted += right - row.forced;
  counts_.forced += row.forced;
  force(row);
  while (row.active && row.ties > kManyTies + int64_t(row.completion.ids.size()) / kTokensATie) {
    for (const int64_t id : std::exchange(row.draft, {})) take(row, id);
    counts_.forced += row.forced;
    const TokenMask* const mask = row.constraint ? &row.constraint->mask() : nullptr;
    take(row, decide(row, {.id = 0, .clear = false}, mask));
    force(row);
  }
}

int64_t Decoder::decide(Row& row, const Choice& choice, const TokenMask* mask) {
  int64_t id = choice.id;
  if (exact_ && id >= 0 && !choice.clear) {
    id = arbiter_.next(row.ids, mask, row.draw(0));
    ++row.ties;
    ++counts_.arbitrated;
  }
  if (id >= 0) return id;
  throw CheckpointError(
      fmt::format("{}: token {} of its answer: the logits that {} gives in {} are not all finite "
                  "numbers: weights or adapter are broken, or the format is too narrow for them",
                  row.request.name, row.completion.ids.size() + 1, model_.folder.string(),
                  dtype_name(model_.dtype)));
}

void Decoder::take(Row& row, int64_t id) {
  Completion& completion = row.completion;
  ++counts_.new_tokens;
  row.active = false;
  if (model_.text->is_end(id)) {
    completion.stop = StopReason::end_token;
    return;
  }
  row.ids.push_back(id);
  completion.ids.push_back(id);
  if (row.constraint) row.constraint->advance(id);
  if (row.request.told) row.request.told(id);
  if (stopped(row)) {
    completion.stop = StopReason::stop_string;
    return;
  }
  completion.stop = StopReason::length;
  row.active = room_of(row) > 0;
}

bool Decoder::stopped(const Row& row) const {
  const std::vector<std::string>& stops = row.request.stop;
  if (stops.empty() || row.constraint) return false;
  const std::string text = model_.text->tokenizer.decode(row.completion.ids, true);
  return std::any_of(stops.begin(), stops.end(),
                     [&](const std::string& stop) { return text.find(stop) != std::string::npos; });
}

std::vector<FinishedRow> Decoder::take_finished() {
  std::vector<FinishedRow> finished;
  for (Row& row : rows_) {
    if (row.active) continue;
    if (options_.keep_prefixes && !row.failure) {
      int64_t computed = 0;
      for (const CachedSegment* segment : chain_of(row.segment)) computed += segment->length;
      prompts_->keep(std::span(row.ids).first(size_t(computed)), row.segment);
    }
    finished.push_back({row.request.index, std::move(row.completion), row.cached, row.failure});
  }
  if (!finished.empty()) std::erase_if(rows_, [](const Row& row) { return !row.active; });
  return finished;
}

}  // namespace tuneval
