#pragma once

#include "tuneval/config.h"
#include "tuneval/model/causal_lm.h"
#include "tuneval/model/chat.h"
#include "tuneval/model/weight_map.h"

#include <memory>
#include <string>
#include <vector>

namespace tuneval {

/// Code for one kind of checkpoint. Constant: one object serves every model of the family.
class TUNEVAL_API ModelFamily {
 public:
  ModelFamily() = default;
  ModelFamily(const ModelFamily&) = delete;
  ModelFamily& operator=(const ModelFamily&) = delete;
  virtual ~ModelFamily();

  /// Values of "model_type" in config.json that this family reads.
  virtual std::vector<std::string> model_types() const = 0;
  /// Builds the modules, their parameters named as in the checkpoint. Called inside the host's
  /// BuildScope, which sets dtype and device; parameters come uninitialised. A missing or
  /// unsupported key throws ConfigError through `config.fail`.
  virtual std::shared_ptr<CausalLm> build(const Config& config) const = 0;
  /// Last name part of every Linear that "all-linear" LoRA trains.
  virtual std::vector<std::string> lora_targets() const = 0;
  /// How checkpoint names differ from module names; none by default.
  virtual WeightMap weight_map(const Config& config) const;
  /// Chat template variables that hold unless the manifest says otherwise.
  virtual ChatDefaults chat_defaults() const { return {}; }
  /// A config.json, at toy size, that `build` accepts: what conformance checks run on.
  virtual std::string tiny_config() const = 0;
};

}  // namespace tuneval
