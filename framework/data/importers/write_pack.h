#pragma once

#include "framework/data/importers/importer.h"

namespace tuneval {

/// Writes pack.toml, train.jsonl, test.jsonl and, where there are passages, unstructured.jsonl into
/// the new folder, as write_folder() does.
void write_pack(const ImportedPack& pack, const std::filesystem::path& folder);

}  // namespace tuneval
