#include "framework/record/envelope.h"

#include "framework/data/hash.h"
#include "framework/record/json_object.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace tuneval {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kFiles = "files";
constexpr const char* kChecksum = "checksum";
constexpr int kIndent = 2;

std::string checksum_of(const Json& json) {
  Sha256 hash;
  hash.add(json_text(json, kIndent));
  return "sha256:" + hash.hex();
}

/// Whether a path stays in the folder that it is relative to.
bool stays_inside(const std::filesystem::path& path) {
  return !path.empty() && path.is_relative() &&
         std::none_of(path.begin(), path.end(),
                      [](const auto& part) { return part == ".." || part == "."; });
}

std::vector<StoredFile> files_of(JsonObject json) {
  std::vector<StoredFile> files;
  for (const auto& item : json.json().items()) {
    if (!stays_inside(item.key())) json.fail(item.key(), "leads out of the run folder");
    JsonObject entry = json.object(item.key());
    StoredFile file{item.key(), entry.integer("bytes"), entry.text("sha256")};
    entry.finish();
    files.push_back(std::move(file));
  }
  return files;
}

/// Takes the checksum off; whether there was one.
bool check(Json& json, std::string_view where) {
  if (!json.contains(kChecksum)) return false;
  const std::string stated = JsonObject(json, where).text(kChecksum);
  json.erase(kChecksum);
  const std::string found = checksum_of(json);
  if (stated == found) return true;
  throw RecordError(fmt::format(
      "{}: \"checksum\" is {}, but the content has {}: it was changed after it was written", where,
      stated, found));
}

}  // namespace

std::string sealed_text(const CellRecord& record, const std::vector<StoredFile>& files) {
  Json json = to_json(record);
  for (const StoredFile& file : files) {
    json[kFiles][file.path] = {{"bytes", file.bytes}, {"sha256", file.sha256}};
  }
  json[kChecksum] = checksum_of(json);
  return json_text(json, kIndent) + "\n";
}

OpenedRecord open_record(std::string_view text, std::string_view where) {
  Json json = parse_json_object(text, where);
  OpenedRecord opened;
  opened.sealed = check(json, where);
  if (json.contains(kFiles)) {
    opened.files = files_of(JsonObject(json, where).object(kFiles));
    json.erase(kFiles);
  }
  opened.record = record_from_json(json, where);
  return opened;
}

}  // namespace tuneval
