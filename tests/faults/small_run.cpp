#include "tests/faults/small_run.h"

#include "framework/record/store.h"
#include "tests/end_to_end/program.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <sstream>

namespace tuneval::testing {

namespace fs = std::filesystem;

namespace {

constexpr size_t kTasks = 6, kTrainRows = 8, kTestRows = 4;

/// Some lines of a text.
std::string lines_of(const std::string& text, size_t first, size_t count) {
  std::istringstream stream(text);
  std::string some;
  size_t number = 0;
  for (std::string line; std::getline(stream, line); ++number) {
    if (number >= first && number < first + count) some += line + "\n";
  }
  return some;
}

/// A record as it lies on the disk, without its seal and what differs from run to run.
std::string lasting(const fs::path& file) {
  nlohmann::ordered_json json = nlohmann::ordered_json::parse(read_file(file));
  json.erase("checksum");
  const std::function<void(nlohmann::ordered_json&)> strip = [&](nlohmann::ordered_json& part) {
    for (const char* key :
         {"started", "finished", "seconds", "peak_memory_bytes", "energy_joules"}) {
      if (part.is_object()) part.erase(key);
    }
    for (auto& inner : part) {
      if (inner.is_structured()) strip(inner);
    }
  };
  strip(json);
  return json.dump(2);
}

/// What lies in predictions/ and adapters/, by path.
std::map<std::string, std::string> results_of(const fs::path& output) {
  std::map<std::string, std::string> results;
  for (const char* folder : {"predictions", "adapters"}) {
    if (!fs::exists(output / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(output / folder)) {
      const bool hidden = entry.path().filename().string().starts_with('.');
      if (hidden || !entry.is_regular_file()) continue;
      results[entry.path().lexically_relative(output).string()] = read_file(entry.path());
    }
  }
  return results;
}

std::vector<std::string> ids_of(const StoredRecords& stored) {
  std::vector<std::string> ids;
  for (const CellRecord& record : stored.records) ids.push_back(record.id);
  return ids;
}

}  // namespace

fs::path write_small_run(const fs::path& folder, const std::string& tuning) {
  const fs::path source = fs::path(TUNEVAL_SOURCE_DIR) / "packs/ticket_urgency";
  const std::string toml = read_file(source / "pack.toml");
  const std::string train = read_file(source / "train.jsonl");
  const std::string test = read_file(source / "test.jsonl");
  std::string manifest = "[run]\noutput = \"out\"\nthreads = 1\n";
  for (const char* model : {"tiny-llama", "tiny-qwen3"}) {
    manifest += fmt::format("[[models]]\npath = \"{}/models/{}\"\n", TUNEVAL_SOURCE_DIR, model);
  }
  for (size_t i = 0; i < kTasks; ++i) {
    const std::string name = fmt::format("task{}", i);
    const fs::path pack = folder / "packs" / name;
    std::string own = toml;
    const std::string old_name = "\"ticket_urgency\"";
    own.replace(own.find(old_name), old_name.size(), "\"" + name + "\"");
    write_file(pack / "pack.toml", own);
    write_file(pack / "train.jsonl", lines_of(train, kTrainRows * i, kTrainRows));
    write_file(pack / "test.jsonl", lines_of(test, kTestRows * i, kTestRows));
    manifest += fmt::format("[[tasks]]\npack = \"packs/{}\"\n", name);
  }
  manifest += "[tuning]\nepochs = 1\nrank = 4\ntargets = [\"q_proj\"]\nlearning_rate = 1e-2\n" +
              tuning + "[report]\nformats = [\"json\"]\n";
  write_file(folder / "run.toml", manifest);
  return folder / "run.toml";
}

void expect_same_cell(const fs::path& found, const fs::path& expected, const std::string& id) {
  const RecordStore store(found);
  EXPECT_EQ(lasting(store.record_path(id)), lasting(RecordStore(expected).record_path(id)));
  for (const FileFault& fault : store.file_faults(id, FileCheck::contents)) {
    ADD_FAILURE() << fault.message;
  }
}

void expect_same_runs(const fs::path& found, const fs::path& expected) {
  const StoredRecords records = RecordStore(found).read_all();
  EXPECT_TRUE(records.faults.empty()) << records.faults.front();
  const std::vector<std::string> ids = ids_of(records);
  EXPECT_EQ(ids, ids_of(RecordStore(expected).read_all()));
  for (const std::string& id : ids) expect_same_cell(found, expected, id);
  const auto results = results_of(found), wanted = results_of(expected);
  for (const auto& [file, bytes] : wanted) {
    const auto at = results.find(file);
    if (at == results.end()) {
      ADD_FAILURE() << file << " is missing";
    } else {
      EXPECT_TRUE(at->second == bytes) << file << " has other bytes";
    }
  }
  EXPECT_EQ(results.size(), wanted.size());
}

std::vector<std::string> begun_files(const fs::path& output) {
  std::vector<std::string> begun;
  if (!fs::exists(output)) return begun;
  for (auto entry = fs::recursive_directory_iterator(output); entry != fs::end(entry); ++entry) {
    if (!entry->path().filename().string().starts_with('.')) continue;
    begun.push_back(entry->path().lexically_relative(output).string());
    entry.disable_recursion_pending();
  }
  std::ranges::sort(begun);
  return begun;
}

size_t count_entries(const fs::path& folder) {
  std::error_code missing;
  return size_t(std::distance(fs::directory_iterator(folder, missing), fs::directory_iterator()));
}

}  // namespace tuneval::testing
