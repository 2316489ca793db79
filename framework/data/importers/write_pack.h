#pragma once

#include "framework/data/importers/importer.h"

namespace tuneval {

/// A JSON value as TOML writes it. TOML has no null: DataError.
std::string toml_value(const nlohmann::ordered_json& value);

/// Whether TOML can hold the value: whether there is no null in it.
bool fits_toml(const nlohmann::ordered_json& value);

/// Throws DataError unless there is nothing at `destination`, or an empty folder.
void check_destination(const std::filesystem::path& destination);

/// Writes pack.toml, train.jsonl, test.jsonl and, where there are passages, unstructured.jsonl
/// beside their place, and moves them there as a whole.
void write_pack(const ImportedPack& pack, const std::filesystem::path& destination);

}  // namespace tuneval
