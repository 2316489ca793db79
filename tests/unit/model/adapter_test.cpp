#include "framework/model/adapter.h"

#include "framework/model/mapped_file.h"
#include "tests/support/folder.h"
#include "tests/support/toy_models.h"
#include "tuneval/error.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;
using test::message_of;
using testing::StartsWith;
using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

const test::TokenRows kRows = {{9, 10, 11, 12, 13, 14}};

at::Tensor logits_of(const LoadedModel& model) { return test::logits_of(*model.lm, kRows)[0]; }

int64_t count_adapters(const LoadedModel& model) {
  int64_t count = 0;
  for (const auto& item : model.lm->named_parameters()) count += item.key().ends_with(".lora_A");
  return count;
}

TEST(FindTargetsTest, NamesAreTheLastPart) {
  const LoadedModel model = test::open_toy("qwen3_untied");
  EXPECT_EQ(find_targets(model, {"q_proj", "v_proj"}).size(), 4u);
  EXPECT_EQ(find_targets(model, {"all-linear"}).size(), 14u);  // the head is not among them
  EXPECT_EQ(find_targets(model, {"lm_head"}).size(), 1u);
  EXPECT_EQ(find_targets(model, {"q_proj"})[0].first, "model.layers.0.self_attn.q_proj");
}

TEST(FindTargetsTest, AnUnknownNameListsThoseThereAre) {
  const LoadedModel model = test::open_toy("qwen3_tied");
  EXPECT_EQ(message_of<ManifestError>([&] {
              find_targets(model, {"q_proj", "wq"});
            }),
            "[tuning] targets: \"wq\" names no linear layer of " + model.folder.string() +
                ": there are down_proj, gate_proj, k_proj, o_proj, q_proj, up_proj, v_proj");
}

TEST(FreshAdapterTest, ChangesNothingYetAndDependsOnTheSeed) {
  const LoadedModel model = test::open_toy("llama_smol");
  const at::Tensor base = logits_of(model);
  const auto targets = find_targets(model, {"all-linear"});
  const auto fresh = [&](uint64_t seed) {
    detach_adapters(*model.lm);
    attach_fresh_adapter(targets, {4, 8.0, 0.0}, seed);
    return targets[3].second->adapter()->a.clone();
  };
  const at::Tensor first = fresh(1);
  EXPECT_TRUE(at::equal(logits_of(model), base));
  EXPECT_TRUE(at::equal(fresh(1), first));
  EXPECT_FALSE(at::equal(fresh(2), first));
  EXPECT_EQ(targets[3].second->adapter()->scale, 2.0);
  const double bound = 1 / std::sqrt(double(targets[3].second->in_features()));
  EXPECT_LE(first.abs().max().item<double>(), bound);
  EXPECT_GT(first.abs().max().item<double>(), 0.8 * bound);
  EXPECT_TRUE(first.scalar_type() == at::kFloat);
}

/// An adapter folder to be spoilt, for q_proj and v_proj of the toy.
class AdapterFolderTest : public testing::Test {
 protected:
  AdapterFolderTest() {
    LoadedModel source = test::open_toy("llama_bias");
    const auto targets = find_targets(source, {"q_proj", "v_proj"});
    attach_fresh_adapter(targets, {4, 16.0, 0.0}, 1);
    auto generator = at::detail::createCPUGenerator(2);
    for (const auto& [name, linear] : targets) {
      at::Tensor b = linear->adapter()->b.detach();
      b.normal_(0.0, 1.0, generator);
    }
    save_adapter(source, {4, 16.0, 0.0}, folder.path());
    expected = logits_of(source);
  }

  void set(const std::string& key, const ordered_json& value) const {
    ordered_json json = ordered_json::parse(test::read_text(config()));
    json[key] = value;
    test::write_text(config(), json.dump());
  }
  NamedTensors tensors() const {
    NamedTensors all;
    for (auto& [name, tensor] : test::tensors_of(weights())) all.emplace_back(name, tensor.clone());
    return all;
  }
  fs::path config() const { return folder.path() / "adapter_config.json"; }
  fs::path weights() const { return folder.path() / "adapter_model.safetensors"; }
  /// The refusal, without the folder; the model must be as it was.
  std::string refusal() {
    const std::string message =
        message_of<CheckpointError>([&] { load_adapter(model, folder.path()); });
    EXPECT_EQ(count_adapters(model), 0);
    const std::string prefix = folder.path().string() + "/";
    EXPECT_THAT(message, StartsWith(prefix));
    return message.substr(std::min(prefix.size(), message.size()));
  }

  test::TempFolder folder;
  LoadedModel model = test::open_toy("llama_bias");
  at::Tensor expected;
};

const std::string kQ = "base_model.model.model.layers.0.self_attn.q_proj.lora_";

TEST_F(AdapterFolderTest, IsReadBack) {
  EXPECT_EQ(load_adapter(model, folder.path()).rank, 4);
  EXPECT_TRUE(at::equal(logits_of(model), expected));
  detach_adapters(*model.lm);
  set("target_modules", ".*");  // a pattern: whatever has tensors is meant
  load_adapter(model, folder.path());
  EXPECT_TRUE(at::equal(logits_of(model), expected));
}

TEST_F(AdapterFolderTest, RankStabilisedScaleIsKnown) {
  set("use_rslora", true);
  load_adapter(model, folder.path());
  EXPECT_EQ(find_targets(model, {"q_proj"})[0].second->adapter()->scale, 16.0 / 2.0);
}

TEST_F(AdapterFolderTest, OtherKindsAreRefused) {
  const auto refuse = [&](const std::string& key, const ordered_json& value) {
    const std::string kept = test::read_text(config());
    set(key, value);
    const std::string message = refusal();
    test::write_text(config(), kept);
    return message;
  };
  EXPECT_EQ(refuse("peft_type", "IA3"),
            "adapter_config.json: \"peft_type\" is \"IA3\": expected \"LORA\"");
  EXPECT_EQ(refuse("use_dora", true), "adapter_config.json: \"use_dora\" is true: expected false");
  EXPECT_EQ(refuse("fan_in_fan_out", true),
            "adapter_config.json: \"fan_in_fan_out\" is true: expected false");
  EXPECT_EQ(refuse("bias", "all"), "adapter_config.json: \"bias\" is \"all\": expected \"none\"");
  EXPECT_EQ(refuse("rank_pattern", {{"q_proj", 8}}),
            "adapter_config.json: \"rank_pattern\" is {\"q_proj\":8}: expected none");
  EXPECT_EQ(refuse("alpha_pattern", {{"q_proj", 8}}),
            "adapter_config.json: \"alpha_pattern\" is {\"q_proj\":8}: expected none");
  EXPECT_EQ(refuse("modules_to_save", {"lm_head"}),
            "adapter_config.json: \"modules_to_save\" is [\"lm_head\"]: expected none");
  EXPECT_EQ(refuse("r", 0), "adapter_config.json: \"r\" is 0: expected at least 1");
}

TEST_F(AdapterFolderTest, AMissingOrBrokenConfigIsNamed) {
  set("r", "four");
  EXPECT_EQ(refusal(), "adapter_config.json: \"r\" is \"four\": expected an integer");
  test::write_text(config(), "{");
  EXPECT_THAT(refusal(), StartsWith("adapter_config.json: not valid JSON"));
  fs::remove(config());
  EXPECT_EQ(refusal(), "adapter_config.json: is missing");
}

TEST_F(AdapterFolderTest, MissingTensorsAreNamed) {
  const NamedTensors whole = tensors();
  NamedTensors part = whole;
  std::erase_if(part, [](const auto& one) { return one.first == kQ + "B.weight"; });
  save_tensors(weights(), part);
  EXPECT_EQ(refusal(), "adapter_model.safetensors: there is no tensor \"" + kQ + "B.weight\"");
  std::erase_if(part, [](const auto& one) { return one.first == kQ + "A.weight"; });
  save_tensors(weights(), part);
  EXPECT_EQ(refusal(), "adapter_model.safetensors: there is no tensor \"" + kQ + "A.weight\"");
}

TEST_F(AdapterFolderTest, SurplusTensorsAreNamed) {
  NamedTensors all = tensors();
  all.emplace_back("base_model.model.model.layers.9.self_attn.q_proj.lora_A.weight",
                   at::zeros({4, 32}));
  save_tensors(weights(), all);
  EXPECT_EQ(refusal(),
            "adapter_model.safetensors: "
            "\"base_model.model.model.layers.9.self_attn.q_proj.lora_A.weight\" fits no linear "
            "layer of " +
                model.folder.string());
}

TEST_F(AdapterFolderTest, WrongShapesAreRefused) {
  const NamedTensors whole = tensors();
  const auto with = [&](const std::string& name, const at::Tensor& tensor) {
    NamedTensors all = whole;
    for (auto& [known, value] : all) {
      if (known == name) value = tensor;
    }
    save_tensors(weights(), all);
    return refusal();
  };
  const auto shape = [&](const std::string& name) {
    for (const auto& [known, value] : whole) {
      if (known == name) return value.sizes().vec();
    }
    return std::vector<int64_t>{};
  };
  const auto a = shape(kQ + "A.weight"), b = shape(kQ + "B.weight");
  const std::string expected_shapes =
      "adapter_model.safetensors: \"model.layers.0.self_attn.q_proj\": expected A [4, " +
      std::to_string(a[1]) + "] and B [" + std::to_string(b[0]) + ", 4]";
  EXPECT_EQ(with(kQ + "A.weight", at::zeros({4, a[1] + 1})), expected_shapes);
  EXPECT_EQ(with(kQ + "A.weight", at::zeros({a[1]})), expected_shapes);
  EXPECT_EQ(with(kQ + "B.weight", at::zeros({b[0], 5})), expected_shapes);
  // Two that fit each other but not the config's rank would be scaled wrongly.
  NamedTensors other = whole;
  for (auto& [name, value] : other) {
    if (name == kQ + "A.weight") value = at::zeros({8, a[1]});
    if (name == kQ + "B.weight") value = at::zeros({b[0], 8});
  }
  save_tensors(weights(), other);
  EXPECT_EQ(refusal(), expected_shapes);
}

TEST_F(AdapterFolderTest, MergingEndsTheAdapter) {
  load_adapter(model, folder.path());
  merge_adapters(*model.lm);
  EXPECT_EQ(count_adapters(model), 0);
  // Another order of summation, with adapters as large as the weights: 2e-6 is seen.
  EXPECT_LT(test::relative_difference(logits_of(model), expected), 1e-5);
}

}  // namespace
}  // namespace tuneval
