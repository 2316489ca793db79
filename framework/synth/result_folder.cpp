#include "framework/synth/result_folder.h"

#include "framework/data/hash.h"
#include "framework/data/importers/write_pack.h"
#include "framework/data/new_folder.h"
#include "framework/data/rows.h"
#include "framework/record/atomic_file.h"
#include "framework/record/json_object.h"
#include "tuneval/error.h"

#include <fmt/format.h>

namespace tuneval {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::ordered_json;

/// Raised when requests, draws or validators change: a folder begun by another version is not
/// continued.
constexpr int kMethod = 1;

constexpr const char* kState = "synth.json";

fs::path seed_file(const Pack& pack) { return pack.seed.value_or(pack.train); }

std::string json_lines(const fs::path& file, int64_t limit) {
  if (limit == 0 && file.extension() == ".jsonl") return read_file(file);
  std::string text;
  for (const Row& row : read_rows(file, limit)) text += row.json() + '\n';
  return text;
}

Json options_json(const SynthOptions& options) {
  return {{"mode", to_string(options.mode)},
          {"examples", options.examples},
          {"seed", options.seed},
          {"per_call", options.rows_a_call()},
          {"iteration", options.iteration},
          {"seed_rows", options.seed_rows},
          {"exemplars", options.exemplars},
          {"others", options.others},
          {"mutators", options.mutators},
          {"topics", options.topics},
          {"temperature", options.temperature ? Json(*options.temperature) : Json()},
          {"longest", options.longest},
          {"similarity", options.similarity},
          {"leak_similarity", options.leak_similarity},
          {"match_seed_balance", options.match_seed_balance},
          {"balance_slack", options.balance_slack},
          {"most_calls", options.most_calls ? Json(*options.most_calls) : Json()},
          {"inputs", options.inputs},
          {"plain", options.plain},
          {"passages", options.passages},
          {"per_passage", options.per_passage}};
}

Json teacher_json(const TeacherOptions& teacher) {
  return {{"base_url", teacher.base_url},
          {"model", teacher.model},
          {"temperature", teacher.temperature},
          {"max_tokens", teacher.max_tokens ? Json(*teacher.max_tokens) : Json()},
          {"extra_body", teacher.extra_body}};
}

/// pack.toml as it was, but for the files and for where the training rows come from.
std::string toml_of(const Pack& pack, const std::string& teacher) {
  ImportedPack made;
  made.name = pack.name;
  made.task_type = pack.task_type;
  made.description = pack.description;
  made.licence = pack.licence;
  made.origin = fmt::format("{}{}training rows written by {} from the rows in seed.jsonl",
                            pack.origin, pack.origin.empty() ? "" : "; ", teacher);
  made.metrics = pack.metrics;
  made.options = Json::parse(pack.options.options.json());
  for (const auto& [metric, options] : pack.metric_options) {
    made.metric_options[metric] = Json::parse(options.json());
  }
  return pack_toml(made,
                   {{"train", "train.jsonl"}, {"test", "test.jsonl"}, {"seed", "seed.jsonl"}});
}

/// Whether a write that was killed left this behind.
bool is_unfinished(const fs::directory_entry& entry) {
  const std::string name = entry.path().filename().string();
  return entry.is_regular_file() && name.starts_with('.') && name.ends_with(".tmp");
}

void remove_unfinished(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::error_code ignored;
    if (is_unfinished(entry)) fs::remove(entry.path(), ignored);
  }
}

/// Whether a kill before the first file was whole left a folder as it is.
bool was_hardly_begun(const fs::path& folder) {
  if (!fs::is_directory(folder)) return false;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (!is_unfinished(entry) && entry.path().filename() != FolderLock::kFile) return false;
  }
  return true;
}

/// The figures that to_line tells of.
SynthReport read_report(JsonObject& state) {
  SynthReport report;
  JsonObject rows = state.object("rows");
  report.complete = true;
  report.wanted = rows.integer("wanted");
  report.offered = rows.integer("offered");
  report.accepted = rows.integer("accepted");
  report.calls = state.integer("calls");
  report.cost = state.number("cost");
  return report;
}

}  // namespace

std::string synth_identity(const SynthTask& task, const SynthOptions& options,
                           const TeacherOptions& teacher) {
  ContentHash hash;
  hash.add(fmt::format("method {}", kMethod));
  hash.add(read_file(task.pack.file()));
  hash.add(read_file(seed_file(task.pack)));
  hash.add(read_file(task.pack.test));
  hash.add(options_json(options).dump());
  hash.add(teacher_json(teacher).dump());
  return hash.hex();
}

ResultFolder::ResultFolder(const fs::path& folder, std::string identity)
    : folder_(fs::absolute(folder).lexically_normal()), identity_(std::move(identity)) {
  if (!folder_.has_filename()) folder_ = folder_.parent_path();
  if (is_begun()) {
    read_state();
    if (complete_) return;
  } else if (!was_hardly_begun(folder_)) {
    folder_ = free_place(folder_);
  }
  lock_.emplace(folder_);
  remove_unfinished(folder_);
  // Another process may have been here before this one had the lock.
  if (is_begun()) {
    read_state();
  } else {
    write_state({{"complete", false}, {"stopped", "not finished yet"}});
  }
}

bool ResultFolder::is_begun() const { return fs::exists(folder_ / kState); }

void ResultFolder::read_state() {
  const fs::path file = folder_ / kState;
  const Json state = parse_json_object(read_whole_file(file), file.string());
  JsonObject read(state, file.string());
  if (read.text("identity") != identity_) {
    throw ManifestError(fmt::format(
        "{}: holds rows that were made of another pack or seed, by another teacher or with other "
        "options: expected a new or empty folder, or the same as before to go on",
        folder_.string()));
  }
  if (read.flag("complete")) complete_ = read_report(read);
}

void ResultFolder::write(const SynthTask& task, const SynthOptions& options,
                         const SynthLines& lines, const SynthReport& report) const {
  const auto write = [&](const char* name, const std::string& text) {
    write_file_atomically(folder_ / name, text);
  };
  write("train.jsonl", lines.train);
  write("test.jsonl", json_lines(task.pack.test, 0));
  write("seed.jsonl", json_lines(seed_file(task.pack), options.seed_rows));
  write("provenance.jsonl", lines.provenance);
  write("rejected.jsonl", lines.rejected);
  write("synth.md", to_markdown(report));
  write("pack.toml", toml_of(task.pack, report.teacher));
  write_state(to_json(report));
}

void ResultFolder::write_state(Json state) const {
  state["identity"] = identity_;
  write_file_atomically(folder_ / kState, json_text(state, 2) + '\n');
}

}  // namespace tuneval
