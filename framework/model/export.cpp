#include "framework/model/export.h"

#include "framework/data/new_folder.h"
#include "framework/model/adapter.h"
#include "framework/model/checkpoint.h"
#include "framework/model/model_folder.h"
#include "framework/text/tensor_file.h"
#include "tuneval/error.h"
#include "tuneval/layers/build_scope.h"

#include <ATen/Functions.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

namespace tuneval {

namespace fs = std::filesystem;

namespace {

/// By the name of the weight that it belongs to.
using AdapterOf = std::map<std::string, const Adapter*>;

/// A tensor of the checkpoint on its way out.
struct Item {
  const MappedSafetensors* file = nullptr;
  TensorInfo info;
  WeightPlace place;

  uint64_t bytes() const { return info.end - info.begin; }
  bool is_merged(const AdapterOf& adapters) const {
    return std::any_of(place.parts.begin(), place.parts.end(),
                       [&](const auto& part) { return adapters.contains(part.parameter); });
  }
};

std::vector<Item> all_items(const Checkpoint& checkpoint, const WeightMap& map,
                            const torch::nn::Module& module) {
  const auto parameters = module.named_parameters();
  std::vector<Item> items;
  std::set<std::string> names;
  for (const MappedSafetensors& file : checkpoint.files()) {
    for (const TensorInfo& info : file.header().tensors) {
      if (!names.insert(info.name).second) {
        throw CheckpointError(
            fmt::format("{}: \"{}\" stands twice", file.path().string(), info.name));
      }
      items.push_back({&file, info, place_of(file, info, map, parameters)});
    }
  }
  return items;
}

void check_all_used(const std::vector<Item>& items, const AdapterOf& adapters,
                    const Checkpoint& checkpoint) {
  std::set<std::string> left;
  for (const auto& [name, adapter] : adapters) left.insert(name);
  for (const Item& item : items) {
    for (const auto& part : item.place.parts) left.erase(part.parameter);
  }
  if (left.empty()) return;
  throw CheckpointError(
      fmt::format("{}: the adapter changes \"{}\", but no tensor of the checkpoint holds it",
                  checkpoint.folder().string(), *left.begin()));
}

/// The tensor with its adapters merged, in its own dtype.
at::Tensor merged_tensor(const Item& item, const AdapterOf& adapters) {
  const at::Tensor stored = item.file->tensor(item.info);
  at::Tensor merged = stored.to(at::kFloat, /*non_blocking=*/false, /*copy=*/true);
  for (const auto& part : item.place.parts) {
    const auto found = adapters.find(part.parameter);
    if (found == adapters.end()) continue;
    const Adapter& adapter = *found->second;
    const at::Tensor values = item.place.values(merged, part);  // a view: written through
    const std::vector<int64_t> expected = {adapter.b.size(0), adapter.a.size(1)};
    if (!stored.is_floating_point() || values.sizes() != at::IntArrayRef(expected)) {
      throw CheckpointError(
          fmt::format("{}: \"{}\" is {} [{}]: expected floating point [{}], as config.json says",
                      item.file->path().string(), item.info.name, item.info.dtype,
                      fmt::join(values.sizes(), ", "), fmt::join(expected, ", ")));
    }
    values.copy_(merged_weight(values, adapter));
  }
  merged = merged.to(stored.scalar_type());
  if (!merged.isfinite().all().item<bool>()) {
    throw CheckpointError(fmt::format("{}: \"{}\": the merged weight does not fit {}",
                                      item.file->path().string(), item.info.name, item.info.dtype));
  }
  return merged.contiguous();
}

using Shard = std::vector<const Item*>;

/// In the checkpoint's order; a tensor that is larger than the limit has a shard of its own.
std::vector<Shard> into_shards(const std::vector<Item>& items, uint64_t limit) {
  std::vector<Shard> shards;
  uint64_t bytes = 0;
  for (const Item& item : items) {
    if (shards.empty() || (bytes > 0 && bytes + item.bytes() > limit)) {
      shards.emplace_back();
      bytes = 0;
    }
    shards.back().push_back(&item);
    bytes += item.bytes();
  }
  // Widest elements first keeps every tensor aligned.
  const auto width = [](const Item* item) {
    uint64_t elements = 1;
    for (const int64_t length : item->info.shape) elements *= uint64_t(length);
    return elements == 0 ? 0 : item->bytes() / elements;
  };
  for (Shard& shard : shards) {
    std::ranges::stable_sort(shard, std::ranges::greater(), width);
  }
  return shards;
}

void write_shard(const fs::path& file, const Shard& shard, const AdapterOf& adapters) {
  std::vector<TensorInfo> infos;
  for (const Item* item : shard) infos.push_back(item->info);
  TensorFile out(file, infos);
  for (const Item* item : shard) {
    if (item->is_merged(adapters)) {
      const at::Tensor merged = merged_tensor(*item, adapters);
      out.append({static_cast<const std::byte*>(merged.data_ptr()), merged.nbytes()});
    } else {
      out.append(item->file->bytes(item->info));
    }
  }
  out.finish();
}

std::string shard_name(size_t index, size_t count) {
  return count == 1 ? "model.safetensors"
                    : fmt::format("model-{:05}-of-{:05}.safetensors", index + 1, count);
}

void write_index(const NewFolder& folder, const std::vector<Shard>& shards, uint64_t bytes) {
  std::map<std::string, std::string> file_of;
  for (size_t i = 0; i < shards.size(); ++i) {
    for (const Item* item : shards[i]) file_of[item->info.name] = shard_name(i, shards.size());
  }
  const nlohmann::ordered_json index = {{"metadata", {{"total_size", bytes}}},
                                        {"weight_map", file_of}};
  folder.write("model.safetensors.index.json", index.dump(2) + '\n');
}

ExportedModel write_weights(const std::vector<Item>& items, const AdapterOf& adapters,
                            const NewFolder& folder, uint64_t shard_bytes) {
  const std::vector<Shard> shards = into_shards(items, shard_bytes);
  ExportedModel made;
  for (size_t i = 0; i < shards.size(); ++i) {
    write_shard(folder.path() / shard_name(i, shards.size()), shards[i], adapters);
    ++made.files;
  }
  for (const Item& item : items) {
    ++made.tensors;
    made.merged += item.is_merged(adapters);
    made.bytes += item.bytes();
  }
  if (shards.size() > 1) write_index(folder, shards, made.bytes);
  return made;
}

}  // namespace

void export_adapter(const fs::path& adapter, const fs::path& to) {
  if (!fs::exists(adapter / "adapter_config.json")) {
    throw CheckpointError(
        fmt::format("{}: is missing", (adapter / "adapter_config.json").string()));
  }
  NewFolder made(to);
  copy_whole(adapter, made.path());
  made.finish();
}

ExportedModel export_merged(const Registry& registry, const fs::path& model,
                            const fs::path& adapter, const fs::path& to, uint64_t shard_bytes) {
  const Config config = read_model_config(model);
  const auto family = family_for(registry, config);
  const auto lm = [&] {
    const BuildScope scope(at::kMeta, at::kFloat);  // names and shapes, no memory
    return family->build(config);
  }();
  const Checkpoint checkpoint(model);
  const StoredAdapters stored = read_adapter(*lm, model, adapter);
  AdapterOf adapters;
  for (const StoredAdapter& layer : stored.layers) {
    adapters[layer.linear.first + ".weight"] = &layer.adapter;
  }
  const std::vector<Item> items = all_items(checkpoint, family->weight_map(config), *lm);
  check_all_used(items, adapters, checkpoint);
  NewFolder folder(to);
  const ExportedModel made = write_weights(items, adapters, folder, shard_bytes);
  copy_companions(model, folder.path());
  folder.finish();
  return made;
}

}  // namespace tuneval
