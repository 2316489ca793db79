#include "framework/model/checkpoint.h"

#include "framework/model/loaded_model.h"
#include "tests/support/folder.h"
#include "tests/support/toy_models.h"
#include "tuneval/error.h"
#include "tuneval/layers/linear.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <sstream>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using test::message_of;
using testing::AllOf;
using testing::EndsWith;
using testing::StartsWith;
using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

const std::string kModel = "qwen3_untied";
const std::string kNorm = "model.norm.weight";

/// A toy's folder of its own, to be spoilt.
class CheckpointTest : public testing::Test {
 protected:
  CheckpointTest() { test::write_toy(kModel, folder.path()); }

  NamedTensors tensors() const {
    NamedTensors all;
    for (auto& [name, tensor] : test::tensors_of(weights())) all.emplace_back(name, tensor.clone());
    return all;
  }
  fs::path weights() const { return folder.path() / "model.safetensors"; }
  void load() const { load_model(test::all_plugins(), folder.path(), {}); }
  std::string refusal() const {
    return message_of<CheckpointError>([&] { load(); });
  }
  std::string fault() const {
    const std::string message = refusal();
    EXPECT_THAT(message, StartsWith(folder.path().string() + ": weights do not fit config.json: "));
    return message.substr(message.find("json: ") + 6);
  }
  void write_index(const std::string& json) const {
    test::write_text(folder.path() / "model.safetensors.index.json", json);
  }

  test::TempFolder folder;
};

TEST_F(CheckpointTest, AMissingTensorIsNamed) {
  NamedTensors all = tensors();
  std::erase_if(all, [](const auto& one) { return one.first == kNorm; });
  save_tensors(weights(), all);
  EXPECT_EQ(fault(), "\"model.norm.weight\" is missing");
}

TEST_F(CheckpointTest, ASurplusTensorIsNamed) {
  NamedTensors all = tensors();
  all.emplace_back("model.extra.weight", at::rand({2}));
  save_tensors(weights(), all);
  EXPECT_EQ(fault(), "\"model.extra.weight\" is not of this model");
}

TEST_F(CheckpointTest, AnotherShapeIsShown) {
  NamedTensors all = tensors();
  for (auto& [name, tensor] : all) {
    if (name == kNorm) tensor = at::rand({3, 2});
  }
  save_tensors(weights(), all);
  EXPECT_EQ(fault(), "\"model.norm.weight\" has shape [3, 2]: expected [40]");
}

TEST_F(CheckpointTest, IntegersAreNoWeights) {
  NamedTensors all = tensors();
  for (auto& [name, tensor] : all) {
    if (name == kNorm) tensor = at::ones({40}, at::kChar);
  }
  save_tensors(weights(), all);
  EXPECT_EQ(fault(), "\"model.norm.weight\" has dtype I8: expected floating point");
}

TEST_F(CheckpointTest, ADtypeOfAnotherWorldIsRefused) {
  const std::vector<uint8_t> bytes(40, 1);
  const std::vector<TensorToWrite> one = {{kNorm, "F8_E4M3", {40}, bytes.data()}};
  write_safetensors(weights(), one);
  EXPECT_EQ(refusal(), weights().string() + ": \"" + kNorm + "\": dtype F8_E4M3 is not supported");
}

TEST_F(CheckpointTest, ManyFaultsAreCounted) {
  save_tensors(weights(), {{"x", at::rand({2})}});
  EXPECT_THAT(fault(), AllOf(StartsWith("\"x\" is not of this model; "), EndsWith(" more")));
}

TEST_F(CheckpointTest, ABrokenFileIsNamed) {
  fs::resize_file(weights(), fs::file_size(weights()) - 8);
  EXPECT_THAT(refusal(), StartsWith(weights().string() + ": "));
  test::write_text(weights(), "not a safetensors file");
  EXPECT_THAT(refusal(), StartsWith(weights().string() + ": "));
  fs::remove(weights());
  EXPECT_EQ(refusal(), folder.path().string() +
                           ": no weights: expected model.safetensors or "
                           "model.safetensors.index.json");
}

TEST_F(CheckpointTest, AnIndexNamesFilesOfItsFolder) {
  const std::string index = (folder.path() / "model.safetensors.index.json").string();
  write_index(R"({"weight_map": {"a": "model-1.safetensors"}})");
  EXPECT_EQ(refusal(), index + ": \"model-1.safetensors\", which \"weight_map\" names, is missing");
  for (const char* outside :
       {"../model.safetensors", "/etc/passwd", "sub/a.safetensors", "..", ".", ""}) {
    write_index(std::string(R"({"weight_map": {"a": ")") + outside + "\"}}");
    EXPECT_EQ(refusal(),
              index + ": \"weight_map\" names \"" + outside + "\": expected a file of this folder");
  }
  write_index(R"({"weight_map": {"a": 3}})");
  EXPECT_EQ(refusal(), index + ": weight_map: \"a\" is 3: expected a string");
  write_index("{}");
  EXPECT_EQ(refusal(), index + ": \"weight_map\" is missing");
  write_index("{");
  EXPECT_THAT(refusal(), StartsWith(index + ": not valid JSON"));
}

TEST_F(CheckpointTest, ATensorInTwoShardsIsRefused) {
  save_tensors(folder.path() / "more.safetensors", {{kNorm, at::rand({40})}});
  write_index(R"({"weight_map": {"a": "model.safetensors", "b": "more.safetensors"}})");
  EXPECT_EQ(fault(), "\"model.norm.weight\" stands twice");
}

/// The file whose mapping holds an address.
std::string mapped_at(const void* address) {
  std::istringstream maps(test::read_text("/proc/self/maps"));
  for (std::string line; std::getline(maps, line);) {
    uintptr_t begin = 0, end = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx", &begin, &end) != 2) continue;
    const auto at = reinterpret_cast<uintptr_t>(address);
    const size_t path = line.find('/');
    if (at >= begin && at < end) return path == line.npos ? "" : line.substr(path);
  }
  return "";
}

TEST_F(CheckpointTest, WeightsOfTheSameDtypeAreUsedWhereTheFileIsMapped) {
  const LoadedModel model = load_model(test::all_plugins(), folder.path(), {});
  for (const auto& item : model.lm->named_parameters()) {
    EXPECT_EQ(mapped_at(item.value().data_ptr()), weights().string()) << item.key();
  }
  const LoadedModel narrow =
      load_model(test::all_plugins(), folder.path(), {"cpu", "bfloat16", {}});
  for (const auto& item : narrow.lm->named_parameters()) {
    EXPECT_EQ(mapped_at(item.value().data_ptr()), "") << item.key();
  }
}

TEST_F(CheckpointTest, WritingToAWeightLeavesTheFileAsItIs) {
  const std::string before = hash_model(folder.path());
  {
    const LoadedModel model = load_model(test::all_plugins(), folder.path(), {});
    const at::NoGradGuard no_grad;
    for (at::Tensor parameter : model.lm->parameters()) parameter.zero_();
    EXPECT_EQ(hash_model(folder.path()), before);
    // Another reader of the file does not see it either.
    const LoadedModel again = load_model(test::all_plugins(), folder.path(), {});
    EXPECT_GT(again.lm->parameters().front().abs().max().item<float>(), 0);
  }
  EXPECT_EQ(hash_model(folder.path()), before);
}

/// Two layers whose checkpoint has them fused, transposed and under another name.
struct Pair : torch::nn::Module {
  Pair() {
    register_module("a", std::make_shared<Linear>(3, 2, false));
    register_module("b", std::make_shared<Linear>(3, 4, false));
  }
};

TEST_F(CheckpointTest, WeightMapsRenameSplitTransposeAndDrop) {
  const at::Tensor fused = at::rand({3, 6});  // [in, out]
  save_tensors(weights(), {{"old.ab.weight", fused}, {"old.h.0.mask", at::rand({1})}});
  WeightMap map;
  map.rename("old.", "").transpose("old.*.weight").drop("old.h.*.mask");
  map.split("ab.weight", {"a.weight", "b.weight"});
  Pair pair;
  load_weights(pair, Checkpoint(folder.path()), map);
  const auto parameters = pair.named_parameters();
  EXPECT_TRUE(at::equal(parameters["a.weight"], fused.t().narrow(0, 0, 2)));
  EXPECT_TRUE(at::equal(parameters["b.weight"], fused.t().narrow(0, 2, 4)));
}

TEST_F(CheckpointTest, AFusedTensorOfAnotherSizeIsRefused) {
  WeightMap map;
  map.split("ab.weight", {"a.weight", "b.weight"});
  for (const int64_t rows : {5, 7}) {
    save_tensors(weights(), {{"ab.weight", at::rand({rows, 3})}});
    Pair pair;
    const Checkpoint checkpoint(folder.path());
    EXPECT_EQ(message_of<CheckpointError>([&] { load_weights(pair, checkpoint, map); }),
              weights().string() + ": \"ab.weight\" has " + std::to_string(rows) +
                  " rows: expected 6, to be split into a.weight, b.weight");
  }
}

}  // namespace
}  // namespace tuneval
