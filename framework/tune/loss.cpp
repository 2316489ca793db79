#include "framework/tune/loss.h"

#include "sdk/src/to_device.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <map>

namespace tuneval {

namespace {

using at::Tensor;

// Positions whose logits are held at once.
constexpr int64_t kChunk = 64;

int64_t first_target(const TokenizedExample& row, LossOn loss_on) {
  return loss_on == LossOn::all ? 1 : std::max<int64_t>(1, row.prompt_length);
}

/// A row without its last token: nothing is predicted behind it.
std::vector<int64_t> inputs_of(const TokenizedExample& row) {
  return {row.ids.begin(), row.ids.end() - 1};
}

/// scale · the loss of positions [begin, end), whose hidden states are `hidden`; with `backward`
/// its gradient too. It is written down instead of left to autograd, which would hold five tensors
/// of the vocabulary's width where two do:
///   ∂loss/∂logits = scale · (softmax · Σ weights of the position − weight at each target).
Tensor chunk_loss(CausalLm& lm, const LossBatch& batch, const Tensor& hidden, int64_t begin,
                  int64_t end, double scale, bool backward) {
  const Tensor logits = lm.logits(hidden);
  const at::NoGradGuard no_grad;
  const int64_t first = batch.first_triple[size_t(begin)];
  const int64_t count = batch.first_triple[size_t(end)] - first;
  const Tensor rows = batch.position_of.narrow(0, first, count) - begin;
  const Tensor targets = batch.targets.narrow(0, first, count);
  const Tensor weights = batch.weights.narrow(0, first, count);
  const Tensor highest = logits.amax(-1, true).to(at::kFloat);
  Tensor values = logits.sub(highest);  // float32, whatever the logits are
  const Tensor chosen = values.index({rows, targets});
  const Tensor sums = values.exp_().sum(-1, true);
  const Tensor losses = sums.log().squeeze(1).index_select(0, rows) - chosen;
  if (backward && logits.requires_grad()) {
    const Tensor mass = at::zeros({end - begin}, weights.options()).index_add_(0, rows, weights);
    values.mul_((mass.unsqueeze(1) * scale).div_(sums));
    values.index_put_({rows, targets}, weights * -scale, /*accumulate=*/true);
    torch::autograd::backward({logits}, {values.to(logits.scalar_type())});
  }
  return (losses * weights).sum() * scale;
}

}  // namespace

int64_t count_targets(std::span<const TokenizedExample* const> rows, LossOn loss_on) {
  int64_t count = 0;
  for (const TokenizedExample* row : rows) {
    count += int64_t(row->ids.size()) - first_target(*row, loss_on);
  }
  return count;
}

LossBatch make_loss_batch(std::span<const TokenizedExample* const> rows, LossOn loss_on,
                          at::Device device) {
  std::vector<std::vector<int64_t>> inputs;
  LossBatch made;
  for (const TokenizedExample* row : rows) {
    inputs.push_back(inputs_of(*row));
    made.row_tokens += int64_t(row->ids.size());
  }
  const Forest forest = make_forest(inputs);
  std::map<std::pair<int64_t, int64_t>, float> triples;  // (slot, target) → weight
  for (size_t r = 0; r < rows.size(); ++r) {
    const std::vector<int64_t> path = forest.path(r);
    for (int64_t i = first_target(*rows[r], loss_on); i < int64_t(rows[r]->ids.size()); ++i) {
      triples[{path[size_t(i) - 1], rows[r]->ids[size_t(i)]}] += 1.0F;
      ++made.target_count;
    }
  }
  std::vector<int64_t> positions, position_of, targets;
  std::vector<float> weights;
  for (const auto& [key, weight] : triples) {
    if (positions.empty() || positions.back() != key.first) {
      positions.push_back(key.first);
      made.first_triple.push_back(int64_t(targets.size()));
    }
    position_of.push_back(int64_t(positions.size()) - 1);
    targets.push_back(key.second);
    weights.push_back(weight);
  }
  made.first_triple.push_back(int64_t(targets.size()));
  made.batch = make_batch(forest, device);
  made.positions = to_device(at::tensor(positions, at::kLong), device);
  made.position_of = to_device(at::tensor(position_of, at::kLong), device);
  made.targets = to_device(at::tensor(targets, at::kLong), device);
  made.weights = to_device(at::tensor(weights, at::kFloat), device);
  return made;
}

double compute_loss(CausalLm& lm, const LossBatch& batch, double scale, bool backward) {
  return compute_loss_there(lm, batch, scale, backward).item<double>();
}

Tensor compute_loss_there(CausalLm& lm, const LossBatch& batch, double scale, bool backward) {
  const at::AutoGradMode grad_mode(backward);
  const Tensor hidden = lm.hidden(batch.batch, nullptr).index_select(0, batch.positions);
  const int64_t count = batch.positions.size(0);
  const bool below = backward && hidden.requires_grad();
  Tensor grad = below ? at::empty_like(hidden) : Tensor();
  Tensor loss = at::zeros({}, batch.weights.options().dtype(at::kDouble));
  for (int64_t begin = 0; begin < count; begin += kChunk) {
    const int64_t end = std::min(count, begin + kChunk);
    const Tensor part = hidden.narrow(0, begin, end - begin).detach().requires_grad_(below);
    loss.add_(chunk_loss(lm, batch, part, begin, end, scale, backward));
    if (below) grad.narrow(0, begin, end - begin).copy_(part.grad());
  }
  if (below) torch::autograd::backward({hidden}, {grad});
  return loss;
}

std::vector<std::vector<const TokenizedExample*>> pack_rows(
    std::vector<const TokenizedExample*> rows, int64_t token_budget) {
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto* a, const auto* b) { return a->ids < b->ids; });
  std::vector<std::vector<const TokenizedExample*>> batches;
  int64_t tokens = 0;
  for (const TokenizedExample* row : rows) {
    int64_t shared = 0;
    if (!batches.empty()) {
      const auto& before = batches.back().back()->ids;
      const auto most = int64_t(std::min(before.size(), row->ids.size()));
      shared = std::mismatch(before.begin(), before.begin() + most, row->ids.begin()).first -
               before.begin();
    }
    const int64_t fresh = int64_t(row->ids.size()) - shared;
    if (batches.empty() || tokens + fresh > token_budget) {
      batches.emplace_back();
      tokens = int64_t(row->ids.size());
    } else {
      tokens += fresh;
    }
    batches.back().push_back(row);
  }
  return batches;
}

}  // namespace tuneval
