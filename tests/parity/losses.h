#pragma once

#include "forests.h"
#include "framework/tune/loss.h"
#include "tests/support/toy_models.h"

#include <map>
#include <string>
#include <vector>

namespace tuneval::test {

/// Rows with their prompts' lengths, as fixtures hold them: int64 [rows, time], int64 [rows].
inline std::vector<TokenizedExample> examples_of(const at::Tensor& ids,
                                                 const at::Tensor& prompt_length) {
  std::vector<TokenizedExample> examples;
  for (auto& row : rows_of(ids)) {
    const auto index = int64_t(examples.size());
    examples.push_back({std::move(row), prompt_length[index].item<int64_t>()});
  }
  return examples;
}

inline std::vector<TokenizedExample> examples_of(const ForestCase& one) {
  std::vector<TokenizedExample> examples;
  for (const auto& row : one.rows) {
    examples.push_back({row, std::min(one.prompt_length, int64_t(row.size()))});
  }
  return examples;
}

inline std::vector<const TokenizedExample*> pointers_to(const std::vector<TokenizedExample>& all) {
  std::vector<const TokenizedExample*> pointers;
  for (const TokenizedExample& one : all) pointers.push_back(&one);
  return pointers;
}

/// Lets every parameter ask for a gradient and clears those it has.
inline void ask_for_gradients(CausalLm& lm) {
  for (at::Tensor parameter : lm.parameters()) {
    parameter.requires_grad_();
    parameter.mutable_grad().reset();
  }
}

/// The gradients by parameter; one that got none is left out.
inline std::map<std::string, at::Tensor> gradients_of(const CausalLm& lm) {
  std::map<std::string, at::Tensor> gradients;
  for (const auto& item : lm.named_parameters()) {
    if (item.value().grad().defined()) gradients[item.key()] = item.value().grad().clone();
  }
  return gradients;
}

}  // namespace tuneval::test
