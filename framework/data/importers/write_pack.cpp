#include "framework/data/importers/write_pack.h"

#include "tuneval/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

/// A TOML basic string. JSON's escapes are a subset of TOML's, which alone asks for one of DEL.
std::string quoted(const std::string& text) {
  std::string quoted;
  for (const char c : Json(text).dump()) {
    if (c == '\x7f') {
      quoted += "\\u007f";
    } else {
      quoted += c;
    }
  }
  return quoted;
}

std::string toml_key(const std::string& key) {
  const bool bare = !key.empty() && std::ranges::all_of(key, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
  return bare ? key : quoted(key);
}

/// `key = value` lines of a table; an array of objects stands on a line each.
std::string toml_lines(const Json& table) {
  std::string text;
  for (const auto& [key, value] : table.items()) {
    const bool tables = value.is_array() && !value.empty() &&
                        std::ranges::all_of(value, [](const Json& one) { return one.is_object(); });
    if (!tables) {
      text += fmt::format("{} = {}\n", toml_key(key), toml_value(value));
      continue;
    }
    text += toml_key(key) + " = [\n";
    for (const Json& item : value) text += fmt::format("  {},\n", toml_value(item));
    text += "]\n";
  }
  return text;
}

std::string pack_toml(const ImportedPack& pack) {
  std::string text = fmt::format("name = {}\ntask_type = {}\ndescription = {}\n", quoted(pack.name),
                                 quoted(pack.task_type), quoted(pack.description));
  if (!pack.licence.empty()) text += fmt::format("licence = {}\n", quoted(pack.licence));
  text += fmt::format("origin = {}\n", quoted(pack.origin));
  if (!pack.metrics.empty()) text += fmt::format("metrics = {}\n", toml_value(pack.metrics));
  text += "\n[files]\ntrain = \"train.jsonl\"\ntest = \"test.jsonl\"\n";
  if (!pack.options.empty()) text += "\n[options]\n" + toml_lines(pack.options);
  for (const auto& [metric, options] : pack.metric_options.items()) {
    text += fmt::format("\n[metric_options.{}]\n", toml_key(metric)) + toml_lines(options);
  }
  return text;
}

std::string json_lines(const std::vector<ImportedRow>& rows) {
  std::string text;
  for (const ImportedRow& row : rows) text += row.row.dump() + '\n';
  return text;
}

std::string passage_lines(const std::vector<std::string>& passages) {
  std::string text;
  for (const std::string& passage : passages) text += Json{{"context", passage}}.dump() + '\n';
  return text;
}

void write_file(const std::filesystem::path& file, const std::string& text) {
  std::ofstream stream(file, std::ios::binary);
  stream << text;
  stream.close();
  if (!stream) throw DataError(fmt::format("{}: cannot be written", file.string()));
}

}  // namespace

bool fits_toml(const Json& value) {
  if (value.is_structured()) return std::ranges::all_of(value, fits_toml);
  return !value.is_null();
}

std::string toml_value(const Json& value) {
  if (value.is_string()) return quoted(value.get<std::string>());
  std::vector<std::string> parts;
  if (value.is_array()) {
    for (const Json& item : value) parts.push_back(toml_value(item));
    return fmt::format("[{}]", fmt::join(parts, ", "));
  }
  if (value.is_object()) {
    for (const auto& [key, item] : value.items()) {
      parts.push_back(fmt::format("{} = {}", toml_key(key), toml_value(item)));
    }
    return fmt::format("{{{}}}", fmt::join(parts, ", "));
  }
  if (value.is_null()) throw DataError("pack.toml cannot hold null among its options");
  return value.dump();
}

void check_destination(const std::filesystem::path& destination) {
  std::error_code error;
  const auto status = std::filesystem::status(destination, error);
  if (!std::filesystem::exists(status)) return;
  if (std::filesystem::is_directory(status) && std::filesystem::is_empty(destination, error))
    return;
  throw DataError(fmt::format("{}: is there already: expected no such path, or an empty folder",
                              destination.string()));
}

void write_pack(const ImportedPack& pack, const std::filesystem::path& destination) {
  std::filesystem::path part = destination;
  part += ".part";
  try {
    std::filesystem::remove_all(part);
    std::filesystem::create_directories(part);
    write_file(part / "pack.toml", pack_toml(pack));
    write_file(part / "train.jsonl", json_lines(pack.train));
    write_file(part / "test.jsonl", json_lines(pack.test));
    if (!pack.unstructured.empty()) {
      write_file(part / "unstructured.jsonl", passage_lines(pack.unstructured));
    }
    std::filesystem::rename(part, destination);
  } catch (const std::filesystem::filesystem_error& error) {
    throw DataError(
        fmt::format("{}: cannot be written: {}", destination.string(), error.code().message()));
  }
}

}  // namespace tuneval
