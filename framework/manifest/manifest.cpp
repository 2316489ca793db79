#include "framework/manifest/manifest.h"

#include "framework/manifest/engine_section.h"
#include "framework/manifest/nearest.h"
#include "framework/manifest/overrides.h"
#include "framework/manifest/recipe_fields.h"
#include "framework/manifest/report_section.h"
#include "framework/manifest/teacher_section.h"
#include "framework/manifest/toml_bounds.h"
#include "framework/manifest/toml_table.h"
#include "framework/manifest/variants_section.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <map>
#include <sstream>
#include <system_error>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

std::string text_of(const fs::path& file) {
  std::error_code problem;
  if (fs::is_directory(file, problem)) {
    throw ManifestError(fmt::format("{}: is a folder: expected a manifest", file.string()));
  }
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    const std::string reason = std::generic_category().message(errno);
    throw ManifestError(fmt::format("{}: cannot be read: {}", file.string(), reason));
  }
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

toml::table parse_file(const fs::path& file) {
  const std::string text = text_of(file);
  if (const std::string_view fault = toml_fault(text); !fault.empty()) {
    throw ManifestError(fmt::format("{}: it {}", file.string(), fault));
  }
  try {
    return toml::parse(text, file.string());
  } catch (const toml::parse_error& error) {
    throw ManifestError(fmt::format("{}: not TOML: {}", where_is(error.source(), file.string()),
                                    error.description()));
  }
}

/// "models/qwen/" and "models/qwen" both end in "qwen".
std::string folder_name(const fs::path& folder) {
  return (folder.has_filename() ? folder : folder.parent_path()).filename().string();
}

/// Names stand in `--only model=A,task=B`, in file names and in tables.
void check_name(const TomlTable& table, const std::string& name) {
  const auto forbidden = [](unsigned char c) {
    return std::iscntrl(c) || c == ',' || c == '=' || c == '/';
  };
  if (name.empty() || std::ranges::any_of(name, forbidden)) {
    const std::string fault = fmt::format(
        "is \"{}\": expected a text without commas, slashes, equals signs and control characters",
        name);
    table.fail("name", fault);
  }
}

const Names kDtypes = {"auto", "float32", "bfloat16", "float16"};

const Names kBaselines = {"majority", "nearest", "seed_only"};

void check_baselines(const TomlTable& run, const Names& baselines) {
  for (const std::string& name : baselines) {
    if (std::ranges::find(kBaselines, name) == kBaselines.end()) {
      run.fail("baselines", fmt::format("holds \"{}\": {}", name, suggestion(name, kBaselines)));
    }
    if (std::ranges::count(baselines, name) > 1) {
      run.fail("baselines", fmt::format("holds \"{}\" more than once", name));
    }
  }
}

bool is_device(const std::string& text) {
  if (text == "cpu" || text == "cuda") return true;
  if (!text.starts_with("cuda:")) return false;
  const std::string index = text.substr(5);
  const auto digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  return !index.empty() && index.size() < 4 && std::ranges::all_of(index, digit);
}

void read_recipe_table(const TomlTable& tuning, Recipe& recipe) {
  visit_recipe(recipe, [&](const char* key, auto& field) { tuning.read(key, field); });
  const std::vector<RecipeFault> faults = check_recipe(recipe);
  if (!faults.empty()) tuning.fail(faults[0].key, faults[0].message);
}

/// Reads a whole manifest; relative paths become absolute beside the file.
class Reader {
 public:
  Reader(const fs::path& file, const toml::table& root)
      : folder_(fs::absolute(file).parent_path()),
        root_(root, "the manifest", file.string(),
              {"run", "models", "tasks", "tuning", "scoring", "report", "engine", "teacher",
               "judge"}) {
    manifest_.file = file;
  }

  Manifest read() {
    read_run();
    manifest_.tuning.seed = manifest_.seed;
    for (const toml::table* entry : root_.tables("models")) read_model(*entry);
    for (const toml::table* entry : root_.tables("tasks")) read_task(*entry);
    read_tuning();
    read_scoring();
    read_report();
    if (const toml::table* engine = root_.table("engine")) {
      manifest_.engine = read_engine(*engine, root_.where());
    }
    read_teacher_and_judge();
    return std::move(manifest_);
  }

 private:
  TomlTable section(std::string_view name, const Names& known) const {
    static const toml::table kEmpty;
    const toml::table* table = root_.table(name);
    return TomlTable(table ? *table : kEmpty, fmt::format("[{}]", name), root_.where(), known);
  }

  fs::path absolute(const std::string& path) const { return (folder_ / path).lexically_normal(); }

  void read_run() {
    const TomlTable run = section(
        "run", {"name", "output", "seed", "seeds", "device", "dtype", "threads", "baselines"});
    manifest_.name = manifest_.file.stem().string();
    run.read("name", manifest_.name);
    check_name(run, manifest_.name);
    std::string output = "runs/" + manifest_.name;
    run.read("output", output);
    if (output.empty()) run.fail("output", "is empty: expected a folder");
    manifest_.output = absolute(output);
    read_seeds(run, manifest_);
    several_seeds_ = run.has("seeds");
    run.read("device", manifest_.device);
    if (!is_device(manifest_.device)) {
      run.fail("device", fmt::format("is \"{}\": expected \"cpu\", \"cuda\" or \"cuda:N\"",
                                     manifest_.device));
    }
    run.read("dtype", manifest_.dtype);
    run.check_one_of("dtype", manifest_.dtype, kDtypes);
    run.read("threads", manifest_.threads);
    run.check_at_least("threads", manifest_.threads, 0);
    run.read("baselines", manifest_.baselines);
    check_baselines(run, manifest_.baselines);
  }

  /// The entry's own name, or its folder's; never one that another entry of its kind has.
  std::string unique_name(const TomlTable& entry, const fs::path& folder,
                          std::map<std::string, std::string>& taken) const {
    std::string name = folder_name(folder);
    entry.read("name", name);
    check_name(entry, name);
    const auto [other, is_new] = taken.emplace(name, entry.where());
    if (!is_new) {
      entry.fail("name", fmt::format("is \"{}\", as in the entry at {}: expected another name",
                                     name, other->second));
    }
    return name;
  }

  void read_model(const toml::table& table) {
    const TomlTable entry(table, "[[models]]", root_.where(), {"path", "name", "options"});
    ModelEntry model;
    model.where = entry.where();
    model.path = absolute(entry.required_text("path"));
    model.name = unique_name(entry, model.path, model_names_);
    if (const toml::table* options = entry.table("options")) {
      const TomlTable known(*options, "the options of a model", entry.where(), {"dtype", "chat"});
      std::string dtype = "auto";
      known.read("dtype", dtype);
      known.check_one_of("dtype", dtype, kDtypes);
      known.table("chat");
    }
    entry.read("options", model.options);
    manifest_.models.push_back(std::move(model));
  }

  void read_task(const toml::table& table) {
    const TomlTable entry(table, "[[tasks]]", root_.where(),
                          {"pack", "name", "train_limit", "test_limit", "options"});
    TaskEntry task;
    task.where = entry.where();
    task.pack = absolute(entry.required_text("pack"));
    task.name = unique_name(entry, task.pack, task_names_);
    entry.read("train_limit", task.train_limit);
    entry.check_at_least("train_limit", task.train_limit, 1);
    entry.read("test_limit", task.test_limit);
    entry.check_at_least("test_limit", task.test_limit, 1);
    entry.read("options", task.options);
    manifest_.tasks.push_back(std::move(task));
  }

  void read_tuning() {
    Names keys = recipe_keys();
    keys.emplace_back("learning_rates");
    const TomlTable table = section("tuning", keys);
    read_recipe_table(table, manifest_.tuning);
    read_learning_rates(table, several_seeds_, manifest_);
  }

  void read_scoring() {
    const TomlTable table =
        section("scoring", {"token_budget", "batch_size", "base", "max_new_tokens", "curve"});
    Scoring& scoring = manifest_.scoring;
    table.read("token_budget", scoring.token_budget);
    table.check_at_least("token_budget", scoring.token_budget, 1);
    table.read("batch_size", scoring.batch_size);
    table.check_at_least("batch_size", scoring.batch_size, 1);
    table.read("base", scoring.base);
    table.read("max_new_tokens", scoring.max_new_tokens);
    table.check_at_least("max_new_tokens", scoring.max_new_tokens, 1);
    table.read("curve", scoring.curve);
    if (scoring.curve && manifest_.tuning.validation_ratio <= 0.0) {
      table.fail("curve",
                 "is true, and [tuning] validation_ratio is 0: no rows are held out to score");
    }
  }

  void read_report() {
    const TomlTable table = section("report", report_keys());
    read_report_options(table, manifest_.report);
    read_max_parameters(table, manifest_.report);
  }

  void read_teacher_and_judge() {
    if (const toml::table* teacher = root_.table("teacher")) {
      manifest_.teacher = read_teacher(*teacher, root_.where());
      manifest_.judge = judge_of(*manifest_.teacher);
    }
    if (const toml::table* judge = root_.table("judge")) {
      manifest_.judge = read_judge(*judge, manifest_.teacher, root_.where());
    }
  }

  fs::path folder_;
  TomlTable root_;
  Manifest manifest_;
  bool several_seeds_ = false;
  std::map<std::string, std::string> model_names_, task_names_;
};

}  // namespace

Manifest read_manifest(const fs::path& file, std::span<const std::string> overrides) {
  toml::table root = parse_file(file);
  for (const std::string& text : overrides) apply_override(root, text);
  return Reader(file, root).read();
}

Recipe read_recipe(std::span<const std::string> settings) {
  toml::table root;
  for (const std::string& text : settings) apply_override(root, "tuning." + text);
  Recipe recipe;
  if (const toml::table* tuning = root["tuning"].as_table()) {
    read_recipe_table(TomlTable(*tuning, "[tuning]", "--set", recipe_keys()), recipe);
  }
  return recipe;
}

}  // namespace tuneval
