#include "framework/model/mapped_file.h"
#include "tests/unit/model/export_fixture.h"
#include "tuneval/error.h"
#include "tuneval/model/family.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstring>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;
using test::ExportTest;
using test::stored_tensors;
using test::Tensors;

/// Checkpoints of gemma3 with a vision part call it otherwise.
std::string module_name(const std::string& name) {
  const std::string theirs = "language_model.model.";
  return name.starts_with(theirs) ? "model.language_model." + name.substr(theirs.size()) : name;
}

class ExportEveryToyTest : public ExportTest, public testing::WithParamInterface<const char*> {};

TEST_P(ExportEveryToyTest, KeepsEveryTensorAndMergesThoseWithAnAdapter) {
  make(GetParam(), {"all-linear"});
  const ExportedModel made = merge();
  const Tensors before = stored_tensors(model()), after = stored_tensors(out());
  EXPECT_EQ(made.tensors, int64_t(before.size()));
  EXPECT_EQ(made.merged, int64_t(delta.size()));
  EXPECT_EQ(made.files, 1);
  EXPECT_TRUE(fs::exists(out() / "model.safetensors"));
  EXPECT_FALSE(fs::exists(out() / "model.safetensors.index.json"));
  ASSERT_EQ(after.size(), before.size());
  for (const auto& [name, tensor] : before) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(after.contains(name));
    const at::Tensor& found = after.at(name);
    ASSERT_TRUE(found.scalar_type() == tensor.scalar_type());
    ASSERT_EQ(found.sizes(), tensor.sizes());
    const std::string module = module_name(name);
    if (!delta.contains(module)) {
      EXPECT_TRUE(at::equal(found, tensor));
      continue;
    }
    const at::Tensor expected = tensor.to(at::kFloat) + delta.at(module);
    EXPECT_FALSE(at::equal(found, tensor)) << "nothing was merged";
    EXPECT_TRUE(at::equal(found, expected.to(tensor.scalar_type()))) << "rounded more than once";
  }
}

INSTANTIATE_TEST_SUITE_P(Toys, ExportEveryToyTest,
                         testing::Values("qwen3_tied", "llama_bias", "qwen3_tied_bfloat16",
                                         "llama_smol_float16", "qwen3_untied_sharded",
                                         "gemma3_vision", "gemma3_window_bfloat16", "lfm2_types",
                                         "lfm2_types_bfloat16"),
                         [](const auto& toy) { return std::string(toy.param); });

TEST_F(ExportTest, TheMergedModelGivesTheTunedLogits) {
  make("llama_bias", {"all-linear"});
  merge();
  EXPECT_LT(test::relative_difference(exported_logits(), tuned), 2e-6);
}

TEST_F(ExportTest, LargeWeightsAreSharded) {
  make("llama_bias", {"all-linear"});
  const uint64_t limit = 20'000;
  const ExportedModel made = merge(limit);
  EXPECT_GT(made.files, 3);
  const auto index = ordered_json::parse(test::read_text(out() / "model.safetensors.index.json"));
  EXPECT_EQ(index["metadata"]["total_size"], made.bytes);
  std::map<std::string, uint64_t> bytes, count;
  uint64_t total = 0;
  for (const auto& [name, file] : index["weight_map"].items()) {
    const at::Tensor tensor =
        MappedSafetensors(out() / file.get<std::string>()).tensor(name);  // throws where it is not
    bytes[file.get<std::string>()] += tensor.nbytes();
    ++count[file.get<std::string>()];
    total += tensor.nbytes();
  }
  EXPECT_EQ(total, made.bytes);
  EXPECT_EQ(int64_t(index["weight_map"].size()), made.tensors);
  ASSERT_EQ(int64_t(bytes.size()), made.files);
  EXPECT_EQ(bytes.begin()->first, fmt::format("model-00001-of-{:05}.safetensors", made.files));
  for (const auto& [file, size] : bytes) {
    EXPECT_TRUE(size <= limit || count[file] == 1) << file << ": " << size;
  }
  EXPECT_LT(test::relative_difference(exported_logits(), tuned), 2e-6);
}

TEST_F(ExportTest, WhatNoLayerReadsIsKept) {
  make("llama_smol", {"q_proj"});  // tied: a head in the file is not read
  const fs::path file = model() / "model.safetensors";
  std::vector<std::pair<std::string, at::Tensor>> whole;
  for (auto& [name, tensor] : test::tensors_of(file)) whole.emplace_back(name, tensor.clone());
  const at::Tensor head = at::rand({5, 3});
  whole.emplace_back("lm_head.weight", head);
  std::vector<TensorToWrite> raw;
  for (const auto& [name, tensor] : whole) {
    raw.push_back({name, dtype_to_safetensors(tensor.scalar_type()), tensor.sizes().vec(),
                   tensor.data_ptr()});
  }
  const unsigned char eight_bits[3] = {1, 2, 255};  // a format that no tensor here can have
  raw.push_back({"model.layers.0.self_attn.rotary_emb.inv_freq", "F8_E4M3", {3}, eight_bits});
  write_safetensors(file, raw);

  EXPECT_EQ(merge().tensors, int64_t(raw.size()));
  const MappedSafetensors found(out() / "model.safetensors");
  EXPECT_TRUE(at::equal(found.tensor("lm_head.weight"), head));
  const auto& infos = found.header().tensors;
  const auto odd = std::find_if(infos.begin(), infos.end(),
                                [](const TensorInfo& info) { return info.dtype == "F8_E4M3"; });
  ASSERT_TRUE(odd != infos.end());
  const auto bytes = found.bytes(*odd);
  EXPECT_TRUE(std::memcmp(bytes.data(), eight_bits, 3) == 0 && bytes.size() == 3);
  EXPECT_LT(test::relative_difference(exported_logits(), tuned), 2e-6);
}

/// A llama whose checkpoints have other names, q, k and v in one tensor and o_proj turned round.
class FusedFamily : public ModelFamily {
 public:
  std::vector<std::string> model_types() const override { return {"fused"}; }
  std::shared_ptr<CausalLm> build(const Config& config) const override {
    return llama().build(config);
  }
  std::vector<std::string> lora_targets() const override { return llama().lora_targets(); }
  std::string tiny_config() const override { return llama().tiny_config(); }
  WeightMap weight_map(const Config& config) const override {
    WeightMap map;
    map.rename("transformer.", "model.").transpose("transformer.layers.*.self_attn.o_proj.weight");
    for (int64_t i = 0; i < config.integer("num_hidden_layers"); ++i) {
      const std::string layer = fmt::format("model.layers.{}.self_attn.", i);
      map.split(layer + "qkv.weight",
                {layer + "q_proj.weight", layer + "k_proj.weight", layer + "v_proj.weight"});
    }
    return map;
  }

 private:
  static const ModelFamily& llama() { return *test::all_plugins().family_of("llama"); }
};

/// llama_linear as a FusedFamily's checkpoint.
void write_fused(const fs::path& folder) {
  test::write_toy("llama_linear", folder);
  Tensors from = stored_tensors(folder), to;
  for (const auto& [name, tensor] : from) {
    const std::string renamed = name.starts_with("model.") ? "transformer." + name.substr(6) : name;
    if (name.ends_with("q_proj.weight")) {
      const std::string layer = name.substr(0, name.size() - 13);
      to[renamed.substr(0, renamed.size() - 13) + "qkv.weight"] =
          at::cat({tensor, from.at(layer + "k_proj.weight"), from.at(layer + "v_proj.weight")});
    } else if (name.ends_with("o_proj.weight")) {
      to[renamed] = tensor.t().contiguous();
    } else if (!name.ends_with("k_proj.weight") && !name.ends_with("v_proj.weight")) {
      to[renamed] = tensor.clone();
    }
  }
  from.clear();
  save_tensors(folder / "model.safetensors", {to.begin(), to.end()});
  auto config = ordered_json::parse(test::read_text(folder / "config.json"));
  config["model_type"] = "fused";
  test::write_text(folder / "config.json", config.dump());
}

TEST_F(ExportTest, RenamedSplitAndTransposedTensorsGoBackAsTheyCame) {
  Registry registry;
  registry.add_model_family("fused", std::make_shared<FusedFamily>());
  write_fused(model());
  adapt(registry, {"q_proj", "v_proj", "o_proj"});  // of the fused tensor, k is left as it was
  export_merged(registry, model(), adapter(), out());
  const Tensors before = stored_tensors(model()), after = stored_tensors(out());
  ASSERT_EQ(after.size(), before.size());
  for (const auto& [name, tensor] : before) {
    ASSERT_TRUE(after.contains(name)) << name;
    const bool is_merged = name.ends_with("qkv.weight") || name.ends_with("o_proj.weight");
    EXPECT_EQ(at::equal(after.at(name), tensor), !is_merged) << name;
  }
  const std::string layer = "layers.0.self_attn.";
  const at::Tensor moved = after.at("transformer." + layer + "qkv.weight") -
                           before.at("transformer." + layer + "qkv.weight");
  const at::Tensor& q = delta.at("model." + layer + "q_proj.weight");
  const at::Tensor& v = delta.at("model." + layer + "v_proj.weight");
  EXPECT_LT(test::relative_difference(moved.narrow(0, 0, q.size(0)), q), 1e-5);
  EXPECT_LT(test::relative_difference(moved.narrow(0, moved.size(0) - v.size(0), v.size(0)), v),
            1e-5);
  EXPECT_EQ(
      moved.narrow(0, q.size(0), moved.size(0) - q.size(0) - v.size(0)).abs().max().item<double>(),
      0.0);
  EXPECT_LT(test::relative_difference(exported_logits(registry), tuned), 2e-6);
}

}  // namespace
}  // namespace tuneval
