#pragma once

#include "framework/model/adapter.h"
#include "tuneval/model/family.h"

#include <string>
#include <vector>

namespace tuneval {

using TokenRows = std::vector<std::vector<int64_t>>;

/// A family's tiny model with random weights, the same ones every time.
struct ToyModel {
  std::shared_ptr<CausalLm> lm;
  std::vector<NamedLinear> targets;  ///< the Linears that lora_targets() names
  at::Device device = at::kCPU;
  at::ScalarType dtype = at::kFloat;
  int64_t vocabulary = 0;

  /// Logits [time, vocabulary] of one row by itself, without a cache.
  at::Tensor logits_of(const std::vector<int64_t>& row) const;
  /// Logits [time, vocabulary] of each row, all computed in one forest, without a cache.
  std::vector<at::Tensor> logits_of(const TokenRows& rows) const;

  /// A and B of every target that has an adapter, with their names.
  std::vector<std::pair<std::string, at::Tensor>> adapter_weights() const;

  /// Token ids from a seed.
  std::vector<int64_t> random_row(size_t length, uint64_t seed) const;
};

/// Adapters on all of a model's targets, for as long as this lives.
class AttachedAdapters {
 public:
  enum class Kind { fresh, trained };  ///< a trained one has a B that is not zero
  AttachedAdapters(const ToyModel& toy, Kind kind);
  ~AttachedAdapters();
  AttachedAdapters(const AttachedAdapters&) = delete;
  AttachedAdapters& operator=(const AttachedAdapters&) = delete;

 private:
  const ToyModel& toy_;
};

/// Builds the family's tiny_config() and fills it: norms near one, all else small around zero.
ToyModel make_toy_model(const ModelFamily& family, const std::string& device,
                        const std::string& dtype);

/// Largest absolute difference of two tensors, and the largest absolute value of the second.
struct Difference {
  double largest = 0.0, scale = 0.0;
};
Difference difference_of(const at::Tensor& found, const at::Tensor& expected);

/// The difference that rounding may make in a dtype, relative to the largest value.
double tolerance_of(at::ScalarType dtype);

/// Fails the check when two tensors differ by more than rounding; `what` names them. Returns the
/// larger of `worst` and the relative difference.
double require_close(double worst, const std::string& what, const at::Tensor& found,
                     const at::Tensor& expected);

}  // namespace tuneval
