#pragma once

#include "framework/generate/choice.h"
#include "framework/generate/sampling.h"
#include "framework/text/token_constraint.h"

#include <cstdint>

namespace tuneval {

/// Uniform in (0, 1): a function of seed, position in the answer and token alone (SplitMix64's
/// steps taken out of order), so that a draw depends on nothing that was drawn before.
double uniform_of(uint64_t seed, int64_t position, int64_t id);

/// Draws one of the tokens that `mask` allows (null: any) from softmax(x / temperature), cut to the
/// nucleus of `top_p`: those tokens before which, likeliest first, less than `top_p` of the
/// probability lies.
///
/// By the Gumbel-max trick: the token with the highest x + temperature · G, G = −log(−log u) with a
/// u of its own. So it is clear, in the sense of Choice, just where no rounding of the logits up to
/// kNearTie of the largest |x| can make another token's sum the highest, or move a token that
/// matters in or out of the nucleus. At temperature 0 it is the most likely token.
Choice draw_row(const float* x, int64_t vocabulary, const TokenMask* mask, const Draw& draw);

}  // namespace tuneval
