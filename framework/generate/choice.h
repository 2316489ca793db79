#pragma once

#include "framework/generate/sampling.h"
#include "framework/text/token_constraint.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

namespace tuneval {

/// The token chosen by one row of logits: the most likely one, or one that was drawn.
struct Choice {
  int64_t id = -1;    ///< the lowest among equals; −1 where a logit is not a finite number
  bool clear = true;  ///< it leads by more than rounding can turn
};

/// Leads up to this share of the row's largest |logit| are near ties: more than twenty times
/// what company was measured to change a lead by (docs/numerics.md).
inline constexpr float kNearTie = 1e-4f;

/// The choice of each row of logits [rows, vocabulary]. Where the device is no CPU, or the format
/// not float32, every choice is `clear`. `masks` has one for each row, or none at all; a row with a
/// mask chooses among the tokens that it allows, where null is no mask. All logits of a row must be
/// finite, whatever its mask, and the bound of near ties goes by all of them. `draws`, too, has one
/// for each row, or none at all: a row with a temperature is drawn (draw_row), on the CPU.
std::vector<Choice> choose(const at::Tensor& logits, std::span<const TokenMask* const> masks = {},
                           std::span<const Draw> draws = {});

}  // namespace tuneval
