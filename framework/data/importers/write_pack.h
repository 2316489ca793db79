#pragma once

#include "framework/data/importers/importer.h"

namespace tuneval {

/// The text of a pack.toml. `files`: its table [files].
std::string pack_toml(const ImportedPack& pack, const nlohmann::ordered_json& files);

/// Makes a NewFolder of pack.toml, train.jsonl, test.jsonl and, where there are passages,
/// unstructured.jsonl.
void write_pack(const ImportedPack& pack, const std::filesystem::path& folder);

}  // namespace tuneval
