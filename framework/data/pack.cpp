#include "framework/data/pack.h"

#include "framework/data/inside.h"
#include "framework/data/rows.h"
#include "framework/manifest/nearest.h"
#include "framework/manifest/toml_bounds.h"
#include "framework/manifest/toml_table.h"
#include "tuneval/error.h"
#include "tuneval/metric/text.h"

#include <fmt/format.h>
#include <toml++/toml.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

const std::vector<std::string> kPackKeys = {"name",    "task_type", "description",
                                            "licence", "origin",    "metrics",
                                            "files",   "options",   "metric_options"};
const std::vector<std::string> kFilesKeys = {"train", "test", "seed"};

/// Reads one pack.toml; a fault does not keep it from the next key.
class PackReader {
 public:
  PackReader(const std::filesystem::path& folder, const FaultHandler& fault) : fault_(fault) {
    pack_.folder = folder;
    file_ = pack_.file().string();
  }

  std::optional<Pack> read() {
    std::optional<toml::table> document = parse();
    if (!document) return std::nullopt;
    report_unknown_keys(*document, "pack.toml", kPackKeys);
    const TomlTable table(*document, "pack.toml", file_, kPackKeys);
    attempt([&] { pack_.name = table.required_text("name"); });
    attempt([&] { pack_.task_type = table.required_text("task_type"); });
    attempt([&] { pack_.description = trim(table.required_text("description")); });
    attempt([&] { table.read("licence", pack_.licence); });
    attempt([&] { table.read("origin", pack_.origin); });
    attempt([&] { table.read("metrics", pack_.metrics); });
    read_files(*document, table);
    Json options = Json::object();
    attempt([&] { table.read("options", options); });
    pack_.options = {pack_.description,
                     Config::parse(options.dump(), file_ + ": [options]", ConfigKind::data)};
    read_metric_options(table);
    return std::move(pack_);
  }

 private:
  std::optional<toml::table> parse() {
    try {
      const std::string text = read_file(file_);
      if (const std::string_view fault = toml_fault(text); !fault.empty()) {
        fault_(file_, fmt::format("it {}", fault));
        return std::nullopt;
      }
      return toml::parse(text, file_);
    } catch (const DataError& error) {
      fault_(file_, without_where(error.what(), file_));
    } catch (const toml::parse_error& error) {
      fault_(where_is(error.source(), file_),
             fmt::format("not valid TOML: {}", error.description()));
    }
    return std::nullopt;
  }

  /// Reports every key that is not among `known`, and takes it out.
  void report_unknown_keys(toml::table& table, std::string_view title,
                           const std::vector<std::string>& known) {
    for (auto entry = table.begin(); entry != table.end();) {
      const toml::key& key = entry->first;
      if (std::ranges::find(known, key.str()) != known.end()) {
        ++entry;
        continue;
      }
      fault_(where_is(key.source(), file_), fmt::format("unknown key \"{}\" in {}: {}", key.str(),
                                                        title, suggestion(key.str(), known)));
      entry = table.erase(entry);
    }
  }

  /// Runs one step of the reading; its error becomes a fault.
  template <typename Step>
  void attempt(Step step) {
    try {
      step();
    } catch (const ManifestError& error) {
      // "file:line:column: message"; the file's own name may hold a colon.
      const std::string text = error.what();
      const size_t end = text.find(": ", std::min(file_.size(), text.size()));
      const std::string where = end == std::string::npos ? file_ : text.substr(0, end);
      fault_(where, without_where(text, where));
    }
  }

  void read_metric_options(const TomlTable& table) {
    Json tables = Json::object();
    attempt([&] { table.read("metric_options", tables); });
    for (const auto& [name, options] : tables.items()) {
      const std::string where = fmt::format("{}: [metric_options.{}]", file_, name);
      if (!options.is_object()) {
        fault_(file_, fmt::format("\"{}\" in [metric_options] is {}: expected a table", name,
                                  options.dump()));
        continue;
      }
      pack_.metric_options[name] = Config::parse(options.dump(), where, ConfigKind::data);
    }
  }

  void read_files(toml::table& document, const TomlTable& table) {
    std::string train, test, seed;
    attempt([&] {
      if (!table.table("files")) return;
      toml::table& files = *document["files"].as_table();
      report_unknown_keys(files, "[files]", kFilesKeys);
      const TomlTable inner(files, "[files]", file_, kFilesKeys);
      attempt([&] { inner.read("train", train); });
      attempt([&] { inner.read("test", test); });
      attempt([&] { inner.read("seed", seed); });
    });
    pack_.train = data_file("train", train);
    pack_.test = data_file("test", test);
    if (!seed.empty()) pack_.seed = data_file("seed", seed);
  }

  /// The path of a split's file, named in [files] or not; empty, with a fault, when there is none.
  std::filesystem::path data_file(const std::string& split, const std::string& named) {
    std::vector<std::string> names = {split + ".jsonl", split + ".csv"};
    if (!named.empty()) names = {named};
    for (const std::string& name : names) {
      const std::filesystem::path path = pack_.folder / name;
      if (!lies_inside(pack_.folder, name)) {
        fault_(file_,
               fmt::format("the {} split is \"{}\", which leads out of this folder: expected "
                           "a file in it",
                           split, name));
        return {};
      }
      std::error_code error;
      if (!std::filesystem::exists(path, error)) continue;
      if (is_data_file(path)) return path;
      fault_(file_,
             fmt::format("\"{}\" in [files] is \"{}\": expected a name that ends in .jsonl or "
                         ".csv",
                         split, name));
      return {};
    }
    fault_(file_,
           named.empty()
               ? fmt::format("the {0} split is missing: expected {0}.jsonl or {0}.csv beside "
                             "this file, or another name in [files]",
                             split)
               : fmt::format("\"{}\" in [files] is \"{}\": there is no such file", split, named));
    return {};
  }

  const FaultHandler& fault_;
  Pack pack_;
  std::string file_;
};

}  // namespace

Pack read_pack(const std::filesystem::path& folder) {
  return *PackReader(folder, throwing()).read();
}

std::optional<Pack> read_pack(const std::filesystem::path& folder, const FaultHandler& fault) {
  return PackReader(folder, fault).read();
}

TaskOptions merge_options(const Pack& pack, std::string_view overrides_json) {
  if (trim(overrides_json).empty()) return pack.options;
  const Json overrides = Json::parse(overrides_json, nullptr, false);
  if (!overrides.is_object()) {
    throw ManifestError(
        fmt::format("options of pack \"{}\" are {}: expected a table", pack.name, overrides_json));
  }
  if (overrides.empty()) return pack.options;
  Json merged = Json::parse(pack.options.options.json());
  for (const auto& [key, value] : overrides.items()) {
    if (value.is_null()) {
      merged.erase(key);
    } else {
      merged[key] = value;
    }
  }
  const std::string where = fmt::format("{}: [options] with the manifest's", pack.file().string());
  return {pack.options.description, Config::parse(merged.dump(), where, ConfigKind::data)};
}

}  // namespace tuneval
