#include "framework/tune/checkpoint.h"

#include "framework/data/new_folder.h"
#include "framework/model/mapped_file.h"
#include "framework/record/atomic_file.h"

#include <ATen/ops/clone.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace tuneval {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr const char* kPrefix = "step-";

template <class Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

std::optional<double> maybe_number(const Json& json) {
  return json.is_null() ? std::nullopt : std::optional(json.get<double>());
}

Json to_json(const TuneState& state) {
  Json curve = Json::array();
  for (const TuneStep& one : state.curve) {
    curve.push_back({one.step, one.loss, one.learning_rate, one.grad_norm});
  }
  Json json = {{"identity", state.identity},
               {"step", state.step},
               {"tokens", state.tokens},
               {"computed_tokens", state.computed_tokens},
               {"seconds", state.seconds},
               {"best_step", state.best_step},
               {"best_loss", or_null(state.best_loss)},
               {"curve", curve},
               {"epochs", Json::array()}};
  for (const TuneEpoch& one : state.epochs) {
    json["epochs"].push_back(
        {one.epoch, one.step, or_null(one.validation_loss), or_null(one.score)});
  }
  return json;
}

TuneState from_json(const Json& json) {
  TuneState state;
  state.identity = json.at("identity");
  state.step = json.at("step");
  state.tokens = json.at("tokens");
  state.computed_tokens = json.at("computed_tokens");
  state.seconds = json.at("seconds");
  state.best_step = json.at("best_step");
  state.best_loss = maybe_number(json.at("best_loss"));
  for (const Json& one : json.at("curve")) {
    state.curve.push_back({one.at(0), one.at(1), one.at(2), one.at(3)});
  }
  for (const Json& one : json.value("epochs", Json::array())) {  // an older version's has none
    state.epochs.push_back(
        {one.at(0), one.at(1), 0.0, maybe_number(one.at(2)), maybe_number(one.at(3))});
  }
  return state;
}

NamedTensors read_tensors(const fs::path& file) {
  NamedTensors tensors;
  const MappedSafetensors mapped(file);
  for (const TensorInfo& info : mapped.header().tensors) {
    tensors.emplace_back(info.name, mapped.tensor(info).clone());
  }
  return tensors;
}

TuneState read_one(const fs::path& folder) {
  TuneState state = from_json(Json::parse(read_whole_file(folder / "state.json")));
  state.weights = read_tensors(folder / "weights.safetensors");
  state.optimizer = read_tensors(folder / "optimizer.safetensors");
  state.random = read_tensors(folder / "random.safetensors").at(0).second;
  if (fs::exists(folder / "best.safetensors")) {
    state.best = read_tensors(folder / "best.safetensors");
  }
  return state;
}

/// Checkpoint folders, newest first.
std::vector<std::pair<int64_t, fs::path>> list(const fs::path& folder) {
  std::vector<std::pair<int64_t, fs::path>> found;
  if (!fs::is_directory(folder)) return found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kPrefix) ||
        name.find_first_not_of("0123456789", 5) != std::string::npos) {
      continue;
    }
    found.emplace_back(std::stoll(name.substr(5)), entry.path());
  }
  std::sort(found.rbegin(), found.rend());
  return found;
}

/// Other checkpoints, and what was begun of one by a process that was killed (see NewFolder).
void remove_all_but(const fs::path& newest) {
  const fs::path folder = newest.parent_path();
  for (const auto& [step, path] : list(folder)) {
    if (path.filename() != newest.filename()) fs::remove_all(path);
  }
  std::vector<fs::path> begun;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const bool ours = name.starts_with(std::string(".") + kPrefix);
    if (ours && name.find(".part") != name.npos) begun.push_back(entry.path());
  }
  for (const fs::path& path : begun) fs::remove_all(path);
}

}  // namespace

void write_checkpoint(const fs::path& folder, const TuneState& state) {
  const fs::path done = folder / fmt::format("{}{}", kPrefix, state.step);
  fs::remove_all(done);  // another run's, or torn: else tuning had gone on from it
  NewFolder made(done);
  save_tensors(made.path() / "weights.safetensors", state.weights);
  save_tensors(made.path() / "optimizer.safetensors", state.optimizer);
  save_tensors(made.path() / "random.safetensors", {{"cpu", state.random}});
  if (!state.best.empty()) save_tensors(made.path() / "best.safetensors", state.best);
  made.write("state.json", to_json(state).dump());
  made.finish();
  remove_all_but(done);
}

std::optional<TuneState> read_checkpoint(const fs::path& folder, const std::string& identity) {
  for (const auto& [step, path] : list(folder)) {
    try {
      TuneState state = read_one(path);
      if (state.identity == identity) return state;
    } catch (const std::exception&) {
      continue;  // torn by a crash of the machine: the one before it still serves
    }
  }
  return std::nullopt;
}

}  // namespace tuneval
