#include "framework/generate/choice.h"

#include "framework/generate/sampler.h"

#include <ATen/Parallel.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/max.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace tuneval {

namespace {

constexpr int64_t kLanes = 16;
constexpr int64_t kStep = 32 * kLanes;  // logits looked at together
constexpr float kLowest = -std::numeric_limits<float>::infinity();

/// What one pass over a few hundred logits tells; in lanes, so that it compiles to vector code.
struct Extremes {
  float highest = kLowest, largest = 0.0f;  // value; absolute value
  bool finite = true;
};

Extremes extremes_of(const float* x, int64_t count) {
  std::array<float, kLanes> high, large, zero;
  high.fill(kLowest);
  large.fill(0.0f);
  zero.fill(0.0f);
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (int64_t lane = 0; lane < kLanes; ++lane) {
      const float value = x[i + lane], size = std::fabs(value);
      high[size_t(lane)] = value > high[size_t(lane)] ? value : high[size_t(lane)];
      large[size_t(lane)] = size > large[size_t(lane)] ? size : large[size_t(lane)];
      zero[size_t(lane)] += value * 0.0f;  // turns into NaN at one, and at an infinity
    }
  }
  for (; i < count; ++i) {
    high[0] = std::max(high[0], x[i]);
    large[0] = std::max(large[0], std::fabs(x[i]));
    zero[0] += x[i] * 0.0f;
  }
  Extremes found;
  for (size_t lane = 0; lane < size_t(kLanes); ++lane) {
    found.highest = std::max(found.highest, high[lane]);
    found.largest = std::max(found.largest, large[lane]);
    found.finite &= zero[lane] == 0.0f;
  }
  return found;
}

struct Everything {
  bool operator()(int64_t) const { return true; }
};

template <class Allowed>
Choice choose_row(const float* x, int64_t vocabulary, const Allowed& allowed) {
  float best = kLowest, second = kLowest, largest = 0.0f;
  Choice choice;
  for (int64_t begin = 0; begin < vocabulary; begin += kStep) {
    const int64_t end = std::min(vocabulary, begin + kStep);
    const Extremes found = extremes_of(x + begin, end - begin);
    if (!found.finite) return {-1, true};
    largest = std::max(largest, found.largest);
    if (found.highest <= second) continue;
    for (int64_t id = begin; id < end; ++id) {
      if (!allowed(id)) continue;
      if (x[id] > best) {
        second = best;
        best = x[id];
        choice.id = id;
      } else if (x[id] > second) {
        second = x[id];
      }
    }
  }
  choice.clear = best - second > kNearTie * largest;
  return choice;
}

/// Which tokens the masks leave out, as booleans [rows, vocabulary].
at::Tensor left_out(std::span<const TokenMask* const> masks, int64_t vocabulary) {
  at::Tensor out = at::zeros({int64_t(masks.size()), vocabulary}, at::kBool);
  bool* flag = out.data_ptr<bool>();
  for (const TokenMask* mask : masks) {
    for (int64_t id = 0; mask && id < vocabulary; ++id) flag[id] = !mask->allows(id);
    flag += vocabulary;
  }
  return out;
}

std::vector<Choice> choose_on_device(const at::Tensor& logits,
                                     std::span<const TokenMask* const> masks) {
  auto [value, index] = logits.max(-1);  // NaN is the largest of all
  if (!masks.empty()) {
    const at::Tensor out = left_out(masks, logits.size(1)).to(logits.device());
    index = logits.masked_fill(out, kLowest).argmax(-1);
  }
  const at::Tensor ids =
      at::where(value.isfinite(), index, at::scalar_tensor(-1, index.options())).to(at::kCPU);
  std::vector<Choice> choices;
  for (int64_t row = 0; row < ids.numel(); ++row) {
    choices.push_back({ids.const_data_ptr<int64_t>()[row], true});
  }
  return choices;
}

}  // namespace

std::vector<Choice> choose(const at::Tensor& logits, std::span<const TokenMask* const> masks,
                           std::span<const Draw> draws) {
  if (std::all_of(masks.begin(), masks.end(), [](const auto* mask) { return !mask; })) masks = {};
  const auto greedy = [](const Draw& draw) { return draw.sampling.greedy(); };
  if (std::all_of(draws.begin(), draws.end(), greedy)) draws = {};
  if (!logits.is_cpu() && draws.empty()) return choose_on_device(logits, masks);
  const bool exact = logits.is_cpu() && logits.scalar_type() == at::kFloat;
  const at::Tensor rows = logits.to(at::kCPU, at::kFloat).contiguous();
  const int64_t vocabulary = rows.size(1);
  const float* const values = rows.const_data_ptr<float>();
  std::vector<Choice> choices(size_t(rows.size(0)));
  at::parallel_for(0, rows.size(0), 1, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const float* const x = values + row * vocabulary;
      const TokenMask* const mask = masks.empty() ? nullptr : masks[size_t(row)];
      Choice& choice = choices[size_t(row)];
      if (!draws.empty() && !greedy(draws[size_t(row)])) {
        choice = draw_row(x, vocabulary, mask, draws[size_t(row)]);
      } else {
        choice = mask ? choose_row(x, vocabulary, [&](int64_t id) { return mask->allows(id); })
                      : choose_row(x, vocabulary, Everything());
      }
      choice.clear |= !exact;
    }
  });
  return choices;
}

}  // namespace tuneval
