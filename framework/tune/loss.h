#pragma once

#include "framework/text/conversation.h"
#include "tuneval/model/causal_lm.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

namespace tuneval {

/// A forest with the tokens to be predicted behind its positions.
///
/// loss = Σ weight · cross-entropy over (position, target, weight) triples. A position that several
/// rows share may have several targets, and a target that several rows share counts as often as it
/// occurs: exactly the sum over separate rows.
struct LossBatch {
  Batch batch;
  at::Tensor positions;    ///< int64 [n]: batch indices of the distinct positions with a target
  at::Tensor position_of;  ///< int64 [triples]: place in `positions`; never falls
  at::Tensor targets;      ///< int64 [triples]
  at::Tensor weights;      ///< float32 [triples]
  /// By place in `positions`, and one behind the last: where its triples begin.
  std::vector<int64_t> first_triple;
  int64_t target_count = 0;  ///< Σ weight
  int64_t row_tokens = 0;    ///< tokens as if each row were computed alone
};

/// Which of a row's tokens are learnt.
enum class LossOn { completion, all };

LossBatch make_loss_batch(std::span<const TokenizedExample* const> rows, LossOn loss_on,
                          at::Device device);

/// Number of tokens that rows ask to be predicted.
int64_t count_targets(std::span<const TokenizedExample* const> rows, LossOn loss_on);

/// scale · loss. The vocabulary projection runs in chunks of positions, so logits of a whole batch
/// are never held. With `backward`, gradients are added to the parameters that ask for them.
double compute_loss(CausalLm& lm, const LossBatch& batch, double scale, bool backward);
/// The same as a float64 tensor [] on the batch's device, which the host need not wait for.
at::Tensor compute_loss_there(CausalLm& lm, const LossBatch& batch, double scale, bool backward);

/// Splits rows (sorted, so that what is shared meets) into batches of at most `token_budget`
/// distinct tokens; a longer row is a batch of its own.
std::vector<std::vector<const TokenizedExample*>> pack_rows(
    std::vector<const TokenizedExample*> rows, int64_t token_budget);

}  // namespace tuneval
