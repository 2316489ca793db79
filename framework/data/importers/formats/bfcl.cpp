#include "framework/data/importers/bfcl_schema.h"
#include "framework/data/importers/conversation.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

/// A category of the leaderboard by the end of its file's name.
struct Category {
  std::string_view file, name;
  bool has_answers;
};

constexpr std::array kCategories = {
    Category{"simple_python", "simple", true},
    Category{"simple", "simple", true},
    Category{"parallel", "parallel", true},
    Category{"irrelevance", "irrelevance", false},
};

/// "parallel" of "BFCL_v4_parallel.json"; empty for another kind of name.
std::string category_of(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  if (!name.starts_with("BFCL_v") || file.extension() != ".json") return {};
  const size_t start = name.find('_', 6);
  if (start == std::string::npos) return {};
  return name.substr(start + 1, name.size() - start - 6);
}

/// Files of categories by name, so that the order is the same everywhere.
std::map<std::string, std::filesystem::path> category_files(const std::filesystem::path& folder) {
  std::error_code error;
  std::map<std::string, std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (!category_of(entry.path()).empty()) files[category_of(entry.path())] = entry.path();
  }
  if (error) {
    throw DataError(fmt::format("{}: cannot be read: {}", folder.string(), error.message()));
  }
  return files;
}

class Leaderboard {
 public:
  explicit Leaderboard(bool underscores) : underscores_(underscores) {}

  void read(const std::filesystem::path& file, const Category& category, ImportedPack& pack) {
    answers_.clear();
    if (category.has_answers) {
      for (const Row& row : read_records(file.parent_path() / "possible_answer" / file.filename()))
        answers_.insert_or_assign(row.text("id"), row);
    }
    for (const Row& row : read_records(file)) {
      const Json turns = Json::parse(row.json("question"));
      if (turns.is_array() && turns.size() > 1) {
        pack.skipped.push_back({Severity::warning, row.where(),
                                "left out: it has several turns, each with its own answer"});
      } else {
        pack.train.push_back(read_row(row, turns, category));
      }
    }
  }

 private:
  ImportedRow read_row(const Row& row, const Json& turns, const Category& category) const {
    if (!turns.is_array() || turns.empty()) {
      row.fail("question", "is not a list of turns, each a list of messages");
    }
    ImportedRow taken;
    taken.where = row.where();
    taken.stratum = category.name;
    Json messages = normal_messages(turns.front(), row.where());
    const Json functions = Json::parse(row.json("function"));
    Json notes = {{"category", category.name}};
    Json calls = Json::array();
    if (category.has_answers) {
      const Row answer = answer_to(row);
      notes["possible_answer"] = Json::parse(answer.json("ground_truth"));
      calls = right_calls(notes["possible_answer"], functions, answer.where());
    }
    messages.push_back(call_turn(calls));
    const Json tools = tools_of(functions, row.where());
    taken.prompt = conversation_prompt(messages, tools);
    taken.row = Json{{"messages", messages}, {"tools", tools}, {"notes", notes}};
    return taken;
  }

  Row answer_to(const Row& row) const {
    const auto found = answers_.find(row.text("id"));
    if (found == answers_.end()) {
      row.fail("id", fmt::format("is \"{}\", which has no possible answer", row.text("id")));
    }
    return found->second;
  }

  Json right_calls(const Json& truth, const Json& functions, const std::string& where) const {
    if (!truth.is_array() || truth.empty()) {
      throw DataError(fmt::format("{}: \"ground_truth\" is not a list of calls", where));
    }
    Json calls = Json::array();
    for (const Json& one : truth) {
      if (!one.is_object() || one.size() != 1 || !one.begin()->is_object()) {
        throw DataError(fmt::format(
            "{}: \"ground_truth\" holds {}: expected a function's name and its arguments", where,
            one.dump()));
      }
      const std::string name = one.begin().key();
      const auto function = std::ranges::find_if(functions, [&](const Json& known) {
        return known.is_object() && known.value("name", Json()) == name;
      });
      if (function == functions.end()) {
        throw DataError(fmt::format(
            "{}: the answer calls \"{}\", which the question does not offer", where, name));
      }
      const Json parameters = function->value("parameters", Json::object());
      const Json arguments = bfcl_arguments(*one.begin(), parameters, where);
      calls.push_back(normal_call(Json{{"name", written(name)}, {"arguments", arguments}}, where));
    }
    return calls;
  }

  Json tools_of(const Json& functions, const std::string& where) const {
    Json tools = normal_tools(functions, where);
    for (Json& tool : tools) {
      Json& function = tool["function"];
      function["name"] = written(function["name"].get<std::string>());
      function["parameters"] = bfcl_schema(std::move(function["parameters"]), where);
    }
    return tools;
  }

  std::string written(std::string name) const {
    if (underscores_) std::ranges::replace(name, '.', '_');
    return name;
  }

  bool underscores_;
  std::unordered_map<std::string, Row> answers_;  // by id
};

/// The Berkeley Function Calling Leaderboard's folder: BFCL_v*_<category>.json and
/// possible_answer/.
ImportedPack read(const std::filesystem::path& source, const ImportOptions& options) {
  ImportedPack pack;
  pack.task_type = "tool_calling";
  pack.description =
      "Call the functions that do what the user asks. Where none of them fits, call "
      "none.";
  pack.licence = "Apache-2.0";
  pack.origin = "Berkeley Function Calling Leaderboard, github.com/ShishirPatil/gorilla";
  pack.metrics = {"bfcl_ast", "tool_call_equivalence", "format_valid"};
  Leaderboard leaderboard(options.underscore_names);
  for (const auto& [name, file] : category_files(source)) {
    const auto category = std::ranges::find(kCategories, name, &Category::file);
    if (category == kCategories.end()) {
      pack.notes.push_back(fmt::format("{}: its category is not read", file.string()));
      continue;
    }
    leaderboard.read(file, *category, pack);
    if (!category->has_answers) pack.options["refusals"] = true;
  }
  if (pack.train.empty()) {
    throw DataError(
        fmt::format("{}: holds no BFCL_v*_simple.json, _simple_python.json, "
                    "_parallel.json or _irrelevance.json",
                    source.string()));
  }
  split_rows(pack, options, source);
  return pack;
}

}  // namespace

Importer bfcl_format() {
  return {.name = "bfcl",
          .read = read,
          .options = "--description --underscore-names --seed --test-share"};
}

}  // namespace tuneval
