#include "tests/support/toy_models.h"

#include "framework/loader/loader.h"
#include "framework/model/mapped_file.h"
#include "tests/support/folder.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <random>

namespace tuneval::test {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

const Registry& all_plugins() {
  static const Registry registry = [] {
    const std::vector<fs::path> folders = {TUNEVAL_PLUGIN_DIR};
    return load_plugins(folders);
  }();
  return registry;
}

fs::path fixture(const std::string& name) {
  return fs::path(TUNEVAL_SOURCE_DIR) / "tests" / "parity" / "fixtures" / name;
}

std::vector<std::string> fixture_models() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(fixture("models"))) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

namespace {

Json word_tokenizer(int64_t vocabulary) {
  Json vocab = Json::object();
  for (int64_t id = 0; id < vocabulary; ++id) vocab[fmt::format("w{}", id)] = id;
  return {{"version", "1.0"},
          {"truncation", nullptr},
          {"padding", nullptr},
          {"added_tokens", Json::array()},
          {"normalizer", nullptr},
          {"pre_tokenizer", {{"type", "WhitespaceSplit"}}},
          {"post_processor", nullptr},
          {"decoder", nullptr},
          {"model", {{"type", "WordLevel"}, {"vocab", vocab}, {"unk_token", "w3"}}}};
}

}  // namespace

void write_toy(const std::string& model, const fs::path& folder) {
  fs::create_directories(folder);
  for (const auto& entry : fs::directory_iterator(fixture("models") / model)) {
    if (entry.path().filename() == "config.transformers4.json") continue;
    fs::copy_file(entry.path(), folder / entry.path().filename());
  }
  const int64_t vocabulary = text_config(read_model_config(folder)).integer("vocab_size");
  write_text(folder / "tokenizer.json", word_tokenizer(vocabulary).dump());
}

fs::path toy_folder(const std::string& model) {
  static const TempFolder all;
  const fs::path folder = all.path() / model;
  if (!fs::exists(folder)) write_toy(model, folder);
  return folder;
}

LoadedModel open_toy(const std::string& model, const std::string& dtype,
                     const std::string& device) {
  return load_model(all_plugins(), toy_folder(model), {device, dtype, Json::object()});
}

void end_at(LoadedModel& model, std::vector<int64_t> end_tokens) {
  ChatText text = open_chat_text(model.folder, Json::object());
  text.end_tokens = std::move(end_tokens);
  std::sort(text.end_tokens.begin(), text.end_tokens.end());
  model.text = std::make_shared<const ChatText>(std::move(text));
}

LoadedModel open_toy_ending_at(const std::string& model, std::vector<int64_t> end_tokens) {
  LoadedModel opened = open_toy(model);
  end_at(opened, std::move(end_tokens));
  return opened;
}

void forget_context(LoadedModel& model) {
  for (auto& item : model.lm->named_parameters()) {
    const std::string& name = item.key();
    if (!name.ends_with(".o_proj.weight") && !name.ends_with(".out_proj.weight")) continue;
    item.value().set_data(at::zeros_like(item.value().detach()));
  }
}

std::string words(const std::vector<int64_t>& ids) {
  std::string text;
  for (int64_t id : ids) text += fmt::format("{}w{}", text.empty() ? "" : " ", id);
  return text;
}

std::vector<int64_t> random_ids(size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<int64_t> ids(count);
  for (int64_t& id : ids) id = 8 + int64_t(random() % 88);
  return ids;
}

std::vector<int64_t> joined(std::vector<int64_t> head, const std::vector<int64_t>& tail) {
  head.insert(head.end(), tail.begin(), tail.end());
  return head;
}

TokenRows rows_of(const at::Tensor& ids) {
  TokenRows rows;
  const at::Tensor dense = ids.contiguous();
  const int64_t* id = dense.data_ptr<int64_t>();
  for (int64_t row = 0; row < dense.size(0); ++row, id += dense.size(1)) {
    rows.emplace_back(id, std::find(id, id + dense.size(1), -1));
  }
  return rows;
}

std::vector<at::Tensor> logits_of(CausalLm& lm, const TokenRows& rows) {
  const at::NoGradGuard no_grad;
  const Forest forest = make_forest(rows);
  const at::Device device = lm.parameters().front().device();
  const at::Tensor hidden = lm.hidden(make_batch(forest, device), nullptr);
  std::vector<at::Tensor> logits;
  for (size_t row = 0; row < rows.size(); ++row) {
    const at::Tensor path = at::tensor(forest.path(row), at::kLong).to(device);
    logits.push_back(lm.logits(hidden.index_select(0, path)).to(at::kFloat));
  }
  return logits;
}

std::vector<std::pair<std::string, at::Tensor>> tensors_of(const fs::path& file) {
  const MappedSafetensors mapped(file);
  std::vector<std::pair<std::string, at::Tensor>> tensors;
  for (const TensorInfo& info : mapped.header().tensors) {
    tensors.emplace_back(info.name, mapped.tensor(info));
  }
  return tensors;
}

double relative_difference(const at::Tensor& found, const at::Tensor& expected, double least) {
  const auto wide = at::TensorOptions(at::kCPU).dtype(at::kDouble);
  const at::Tensor a = found.detach().to(wide), b = expected.detach().to(wide);
  const double scale = b.abs().max().item<double>();
  return (a - b).abs().max().item<double>() / (scale < least ? least : scale);
}

}  // namespace tuneval::test
