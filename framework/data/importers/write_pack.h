#pragma once

#include "framework/data/importers/importer.h"

namespace tuneval {

/// Makes a NewFolder of pack.toml, train.jsonl, test.jsonl and, where there are passages,
/// unstructured.jsonl.
void write_pack(const ImportedPack& pack, const std::filesystem::path& folder);

}  // namespace tuneval
