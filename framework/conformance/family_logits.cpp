#include "framework/conformance/decode_rows.h"
#include "framework/conformance/family_checks.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/isfinite.h>
#include <fmt/ranges.h>

namespace tuneval {

namespace {

std::vector<int64_t> joined(std::vector<int64_t> head, const std::vector<int64_t>& tail) {
  head.insert(head.end(), tail.begin(), tail.end());
  return head;
}

}  // namespace

TokenRows branching_rows(const ToyModel& toy) {
  const std::vector<int64_t> shared = toy.random_row(40, 1);
  const std::vector<int64_t> early(shared.begin(), shared.begin() + 30);
  const std::vector<int64_t> first = joined(shared, toy.random_row(11, 2));
  return {first,
          joined(shared, toy.random_row(4, 3)),
          shared,
          joined(early, toy.random_row(17, 4)),
          toy.random_row(9, 5),
          first,
          toy.random_row(1, 6)};
}

std::string check_shapes(const ToyModel& toy) {
  const at::NoGradGuard no_grad;
  const std::vector<int64_t> row = toy.random_row(5, 1);
  const at::Tensor hidden =
      toy.lm->hidden(make_batch(make_forest(TokenRows{row}), toy.device), nullptr);
  if (hidden.dim() != 2 || hidden.size(0) != 5) {
    fail_check("hidden states of 5 tokens have shape [{}]: expected [5, width]",
               fmt::join(hidden.sizes(), ", "));
  }
  const at::Tensor logits = toy.lm->logits(hidden.narrow(0, 3, 2));
  if (logits.dim() != 2 || logits.size(0) != 2 || logits.size(1) != toy.vocabulary) {
    fail_check("logits of 2 hidden states have shape [{}]: expected [2, {}]",
               fmt::join(logits.sizes(), ", "), toy.vocabulary);
  }
  for (const at::Tensor& tensor : {hidden, logits}) {
    if (tensor.scalar_type() != toy.dtype) {
      fail_check("{} in a model of {}", c10::toString(tensor.scalar_type()),
                 c10::toString(toy.dtype));
    }
    if (!at::isfinite(tensor).all().item<bool>()) fail_check("a value is not finite");
  }
  return fmt::format("hidden [5, {}], logits [2, {}], {}", hidden.size(1), logits.size(1),
                     c10::toString(toy.dtype));
}

std::string check_cache(const ToyModel& toy) {
  const at::NoGradGuard no_grad;
  constexpr size_t kDecoded = 8;
  const TokenRows rows = branching_rows(toy);
  const std::vector<at::Tensor> decoded = decode_rows(toy, rows, kDecoded);
  double worst = 0;
  for (size_t row = 0; row < rows.size(); ++row) {
    worst = require_close(worst, fmt::format("row {}", row + 1), decoded[row],
                          toy.logits_of(rows[row]));
  }
  return fmt::format("{} rows, the last {} tokens one at a time: relative difference {:.2g}",
                     rows.size(), kDecoded, worst);
}

std::string check_rows_apart(const ToyModel& toy) {
  const at::NoGradGuard no_grad;
  const std::vector<int64_t> row = toy.random_row(20, 1);
  const at::Tensor alone = toy.logits_of(row);
  double worst = 0;
  for (uint64_t seed = 2; seed < 6; ++seed) {
    const TokenRows rows = {row, toy.random_row(7 * seed, seed)};
    worst = require_close(worst, fmt::format("beside a row of {} tokens", rows[1].size()),
                          toy.logits_of(rows).front(), alone);
  }
  return fmt::format("beside 4 other rows: relative difference {:.2g}", worst);
}

std::string check_future(const ToyModel& toy) {
  const at::NoGradGuard no_grad;
  const std::vector<int64_t> row = toy.random_row(48, 1);
  const at::Tensor before = toy.logits_of(row);
  double worst = 0;
  for (int64_t changed : {1, 20, 47}) {
    std::vector<int64_t> other = row;
    other[size_t(changed)] = (other[size_t(changed)] + 1) % toy.vocabulary;
    const at::Tensor after = toy.logits_of(other);
    worst = require_close(worst, fmt::format("the tokens before token {} when it changes", changed),
                          after.narrow(0, 0, changed), before.narrow(0, 0, changed));
    if (difference_of(after[changed], before[changed]).largest == 0) {
      fail_check("token {} has the same logits whatever it is", changed);
    }
  }
  return fmt::format("tokens 1, 20 and 47 of 48 changed: relative difference before them {:.2g}",
                     worst);
}

}  // namespace tuneval
