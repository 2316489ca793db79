#include "framework/model/weight_files.h"

#include "framework/data/inside.h"
#include "framework/text/small_file.h"
#include "tuneval/config.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

namespace tuneval {

namespace fs = std::filesystem;

namespace {

/// Refuses what `torch.save` writes: reading it may run any code.
void refuse_pickles(const fs::path& folder) {
  std::vector<std::string> pickles;
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(folder, problem)) {
    const std::string kind = entry.path().extension().string();
    if (kind == ".bin" || kind == ".pt" || kind == ".pth" || kind == ".ckpt" || kind == ".pkl") {
      pickles.push_back(entry.path().string());
    }
  }
  if (pickles.empty()) return;
  std::ranges::sort(pickles);
  throw CheckpointError(
      fmt::format("{}: is a pickle, which may run code when it is read: expected the weights as "
                  "model.safetensors",
                  pickles.front()));
}

/// Whether a shard stays in the model's folder. In the cache of the Hugging Face hub each file of
/// snapshots/REVISION is a link into blobs/ beside them.
bool is_of_folder(const fs::path& folder, const fs::path& name) {
  if (lies_inside(folder, name)) return true;
  std::error_code problem;
  const fs::path snapshot = fs::canonical(folder, problem);
  const fs::path real = fs::canonical(folder / name, problem);
  return !problem && snapshot.parent_path().filename() == "snapshots" &&
         real.parent_path() == snapshot.parent_path().parent_path() / "blobs";
}

/// The files that an index names, each once.
std::set<std::string> files_of_index(const fs::path& index) {
  const auto text = read_model_text<CheckpointError>(index);
  std::set<std::string> names;
  try {
    const Config map = Config::parse(text, index.string()).object("weight_map");
    for (const std::string& key : map.keys()) names.insert(map.text(key));
  } catch (const ConfigError& error) {
    throw CheckpointError(error.what());
  }
  return names;
}

}  // namespace

std::vector<fs::path> weight_files(const fs::path& folder) {
  const fs::path index = folder / "model.safetensors.index.json";
  if (!fs::exists(index)) {
    const fs::path single = folder / "model.safetensors";
    if (fs::exists(single)) return {single};
    refuse_pickles(folder);
    throw CheckpointError(
        fmt::format("{}: no weights: expected model.safetensors or model.safetensors.index.json",
                    folder.string()));
  }
  std::vector<fs::path> files;
  for (const std::string& name : files_of_index(index)) {
    if (fs::path(name).filename() != name || name.empty() || name == "." || name == "..") {
      throw CheckpointError(fmt::format(
          "{}: \"weight_map\" names \"{}\": expected a file of this folder", index.string(), name));
    }
    if (!is_of_folder(folder, name)) {
      throw CheckpointError(fmt::format(
          "{}: \"weight_map\" names \"{}\", a link out of this folder: expected a file in it",
          index.string(), name));
    }
    if (!fs::exists(folder / name)) {
      throw CheckpointError(
          fmt::format("{}: \"{}\", which \"weight_map\" names, is missing", index.string(), name));
    }
    files.push_back(folder / name);
  }
  return files;
}

}  // namespace tuneval
