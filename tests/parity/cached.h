#pragma once

#include "forests.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>

#include <cmath>
#include <cstdint>
#include <vector>

/// Logits of a forest whose batches follow each other through a cache.

namespace tuneval::test {

inline at::Device device_of(const CausalLm& lm) { return lm.parameters().front().device(); }

/// Logits [tokens, vocabulary] of a batch.
inline at::Tensor logits_of(CausalLm& lm, const Batch& batch, Cache* cache) {
  const at::NoGradGuard no_grad;
  const c10::InferenceMode decoding(cache != nullptr);  // short pieces take a way of their own
  return lm.logits(lm.hidden(batch, cache));
}

/// The ends of parts of `step` slots behind a first one of `first`.
inline std::vector<int64_t> cuts_of(const Forest& forest, int64_t first, int64_t step) {
  std::vector<int64_t> cuts;
  for (int64_t cut = first; cut < forest.tokens(); cut += step) cuts.push_back(cut);
  cuts.push_back(forest.tokens());
  return cuts;
}

/// Logits of the slots up to every cut, one batch after the other.
inline at::Tensor logits_in_parts(CausalLm& lm, const Forest& forest,
                                  const std::vector<int64_t>& cuts) {
  Cache cache;
  cache.reserve(forest.tokens());
  std::vector<at::Tensor> parts;
  int64_t begin = 0;
  for (const int64_t end : cuts) {
    parts.push_back(logits_of(lm, part_of(forest, begin, end, device_of(lm)), &cache));
    begin = end;
  }
  return at::cat(parts);
}

/// Logits of all slots; the last tokens of all rows are decoded together, behind the rest.
inline at::Tensor logits_with_leaves_last(CausalLm& lm, const Forest& forest) {
  const auto [first, second] = without_leaves_and_leaves(forest, device_of(lm));
  Cache cache;
  cache.reserve(forest.tokens());
  at::Tensor found;
  for (const Batch& batch : {first, second}) {
    const at::Tensor logits = logits_of(lm, batch, &cache);
    if (!found.defined()) {
      found = at::full({forest.tokens(), logits.size(1)}, std::nan(""), logits.options());
    }
    found.index_copy_(0, batch.slots, logits);
  }
  return found;
}

}  // namespace tuneval::test
