#pragma once

#include "tuneval/abi.h"

#include <stdexcept>
#include <string>

namespace tuneval {

/// Root of all errors of tuneval. A message says where, what, expected and found, e.g.
/// `qwen3/config.json: "num_attention_heads" is missing`.
class TUNEVAL_API Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message) : std::runtime_error(message) {}
  ~Error() override;
};

// The children are named after what has to be mended.
#define TUNEVAL_DECLARE_ERROR(Name)                               \
  class TUNEVAL_API Name : public Error {                         \
   public:                                                        \
    explicit Name(const std::string& message) : Error(message) {} \
    ~Name() override;                                             \
  }

TUNEVAL_DECLARE_ERROR(ManifestError);    ///< the runner's manifest or command line
TUNEVAL_DECLARE_ERROR(PluginError);      ///< a plugin file, or what it registered
TUNEVAL_DECLARE_ERROR(ConfigError);      ///< a model folder's JSON files, tokenizer or template
TUNEVAL_DECLARE_ERROR(CheckpointError);  ///< weights or an adapter
TUNEVAL_DECLARE_ERROR(DataError);        ///< a pack: pack.toml or its rows
TUNEVAL_DECLARE_ERROR(TuneError);        ///< tuning cannot go on, e.g. a loss that is not finite
TUNEVAL_DECLARE_ERROR(TeacherError);     ///< the teacher's endpoint
TUNEVAL_DECLARE_ERROR(RecordError);      ///< a run folder's records
#undef TUNEVAL_DECLARE_ERROR

}  // namespace tuneval
