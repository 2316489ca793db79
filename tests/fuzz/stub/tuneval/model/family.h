// In place of the SDK's own: what its registry asks of model families, without LibTorch.
#pragma once

#include "tuneval/config.h"

#include <string>
#include <vector>

namespace tuneval {

struct WeightMap {};

class CausalLm {
 public:
  virtual ~CausalLm();
};

class ModelFamily {
 public:
  virtual ~ModelFamily();
  virtual std::vector<std::string> model_types() const = 0;
  virtual WeightMap weight_map(const Config& config) const;
};

}  // namespace tuneval
