#include "tuneval/error.h"

namespace tuneval {

// Defined here so that their typeinfo lives once, in libtuneval_sdk.so: a plugin's error is caught
// by the host as what it is.
Error::~Error() = default;
ManifestError::~ManifestError() = default;
PluginError::~PluginError() = default;
ConfigError::~ConfigError() = default;
CheckpointError::~CheckpointError() = default;
DataError::~DataError() = default;
TuneError::~TuneError() = default;
TeacherError::~TeacherError() = default;
RecordError::~RecordError() = default;

}  // namespace tuneval
