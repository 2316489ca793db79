// The benchmark's models by their own config.json: parameters counted, tensor names compared; and
// the ways in which a config may say the same.
#include "framework/model/checkpoint.h"
#include "tests/support/folder.h"
#include "tests/support/toy_models.h"
#include "tuneval/error.h"
#include "tuneval/layers/build_scope.h"

#include <ATen/Functions.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <iterator>
#include <set>

namespace tuneval::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using Names = std::set<std::string>;

fs::path published_configs() {
  const char* named = std::getenv("TUNEVAL_SHARED_DATA");
  return fs::path(named ? named : TUNEVAL_SHARED_DATA_DIR) / "model_configs";
}

struct Published {
  const char* name;
  int64_t parameters;  ///< tied ones once
  friend void PrintTo(const Published& one, std::ostream* out) { *out << one.name; }
};

class PublishedFolder : public testing::Test {
 protected:
  void SetUp() override {
    if (fs::is_directory(published_configs())) return;
    if (std::getenv("CI")) FAIL() << published_configs() << ": no such folder";
    GTEST_SKIP() << published_configs() << ": no such folder";
  }
};

class PublishedConfig : public PublishedFolder, public testing::WithParamInterface<Published> {};

TEST_P(PublishedConfig, HasThePublishedNumberOfParameters) {
  const Config config = read_model_config(published_configs() / GetParam().name);
  const auto family = family_for(all_plugins(), config);
  EXPECT_EQ(count_parameters(*family, config), GetParam().parameters);
}

/// The names under which a model's parameters are looked for in a checkpoint of these names.
Names names_read(const ModelFamily& family, const Config& config, const Names& stored) {
  const BuildScope scope(at::kMeta, at::kFloat);
  const auto lm = family.build(config);
  const TempFolder folder;  // the names alone matter
  std::vector<std::pair<std::string, at::Tensor>> tensors;
  for (const std::string& name : stored) {
    tensors.emplace_back(name, at::zeros({1}, at::device(at::kCPU).dtype(at::kFloat)));
  }
  save_tensors(folder.path() / "model.safetensors", tensors);
  Names names;
  for (const auto& [name, tensor] :
       named_weights(Checkpoint(folder.path()), family.weight_map(config), *lm)) {
    EXPECT_TRUE(names.insert(name).second) << name << " stands twice";
  }
  return names;
}

Names parameter_names(const ModelFamily& family, const Config& config) {
  const BuildScope scope(at::kMeta, at::kFloat);
  Names names;
  for (const auto& item : family.build(config)->named_parameters()) names.insert(item.key());
  return names;
}

TEST_F(PublishedFolder, TensorsAreThoseOfTheIndex) {
  size_t compared = 0;
  for (const auto& entry : fs::directory_iterator(published_configs())) {
    const fs::path index = entry.path() / "model.safetensors.index.json";
    if (!fs::exists(index)) continue;
    SCOPED_TRACE(index.string());
    Names stored;
    const Json files = Json::parse(read_text(index)).at("weight_map");
    for (const auto& [name, file] : files.items()) stored.insert(name);
    EXPECT_GT(stored.size(), 300u);
    const Config config = read_model_config(entry.path());
    const auto family = family_for(all_plugins(), config);
    EXPECT_EQ(names_read(*family, config, stored), parameter_names(*family, config));
    ++compared;
  }
  EXPECT_EQ(compared, 2u);  // Qwen3-1.7B and Qwen3-4B-Instruct-2507
}

INSTANTIATE_TEST_SUITE_P(Models, PublishedConfig,
                         testing::Values(Published{"Qwen3-8B", 8'190'735'360},
                                         Published{"Qwen3-4B-Instruct-2507", 4'022'468'096},
                                         Published{"Qwen3-1.7B", 1'720'574'976},
                                         Published{"Qwen3-0.6B", 596'049'920},
                                         Published{"Llama-3.1-8B-Instruct", 8'030'261'248},
                                         Published{"Llama-3.2-3B-Instruct", 3'212'749'824},
                                         Published{"Llama-3.2-1B-Instruct", 1'235'814'400},
                                         Published{"LFM2-350M", 354'483'968},
                                         Published{"LFM2-1.2B", 1'170'340'608},
                                         Published{"LFM2-2.6B-Exp", 2'569'272'320},
                                         Published{"LFM2.5-1.2B-Instruct", 1'170'340'608},
                                         Published{"SmolLM2-1.7B-Instruct", 1'711'376'384},
                                         Published{"SmolLM2-135M-Instruct", 134'515'008},
                                         Published{"gemma-3-1b-it", 999'885'952},
                                         Published{"gemma-3-270m-it", 268'098'176}),
                         [](const auto& one) {
                           std::string name = one.param.name;
                           for (char& c : name) {
                             if (c == '-' || c == '.') c = '_';
                           }
                           return name;
                         });

TEST_F(PublishedFolder, AllItsModelsAreCounted) {
  const auto all = fs::directory_iterator(published_configs());
  EXPECT_EQ(std::distance(begin(all), end(all)), 15);
}

// A config of the larger Gemma 3 names little of its text part: the rest are defaults.
TEST(ConfigVariants, AGemmaTextPartMayLeaveMostUnsaid) {
  const Config config = Config::parse(R"({"model_type": "gemma3", "text_config": {
      "model_type": "gemma3_text", "hidden_size": 2560, "intermediate_size": 10240,
      "num_hidden_layers": 34, "rope_scaling": {"factor": 8.0, "rope_type": "linear"},
      "sliding_window": 1024}, "vision_config": {"model_type": "siglip_vision_model"}})",
                                      "config.json");
  EXPECT_EQ(count_parameters(*family_for(all_plugins(), config), config), 3'880'263'168);
}

/// A toy model's folder of its own, whose config.json is changed.
struct Variant {
  explicit Variant(const std::string& model, const std::function<void(Json&)>& change) {
    write_toy(model, folder.path());
    const fs::path file = folder.path() / "config.json";
    Json config = Json::parse(read_text(file));
    change(config);
    write_text(file, config.dump());
  }
  std::vector<at::Tensor> logits() const {
    const LoadedModel model = load_model(all_plugins(), folder.path(), {});
    return logits_of(*model.lm, {random_ids(21, 1), random_ids(17, 2)});
  }
  TempFolder folder;
};

class UnknownRope : public testing::TestWithParam<std::string> {};

// By name, before a weight is looked for: the folder has none.
TEST_P(UnknownRope, IsRefusedBeforeAnyWeightIsRead) {
  const Variant variant(GetParam(), [](Json& config) {
    Json& text = config.contains("text_config") ? config["text_config"] : config;
    Json& rope = text["rope_parameters"];
    Json& one = rope.contains("full_attention") ? rope["full_attention"] : rope;
    one = {{"rope_type", "longrope"}, {"rope_theta", 1e4}, {"factor", 4.0}};
  });
  fs::remove(variant.folder.path() / "model.safetensors");
  const std::string message = message_of<ConfigError>([&] { variant.logits(); });
  EXPECT_THAT(message, testing::StartsWith((variant.folder.path() / "config.json").string()));
  EXPECT_THAT(message, testing::EndsWith("\"rope_type\" is \"longrope\": supported are default, "
                                         "linear, llama3, yarn"));
}

INSTANTIATE_TEST_SUITE_P(Models, UnknownRope,
                         testing::Values("qwen3_tied", "llama_smol", "gemma3_window",
                                         "gemma3_vision", "lfm2_types"),
                         [](const auto& one) { return one.param; });

bool same_bits(const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b) {
  bool same = a.size() == b.size();
  for (size_t i = 0; same && i < a.size(); ++i) same = at::equal(a[i], b[i]);
  return same;
}

/// gemma3_pattern, its layers' kinds given by one key alone.
Variant gemma(const std::string& key, const Json& value) {
  return Variant("gemma3_pattern", [&](Json& config) {
    for (const char* one : {"layer_types", "sliding_window_pattern", "_sliding_window_pattern"}) {
      config.erase(one);
    }
    if (!key.empty()) config[key] = value;
  });
}

TEST(ConfigVariants, GemmasGlobalLayersMayBeGivenInThreeWays) {
  const std::vector<at::Tensor> expected = Variant("gemma3_pattern", [](Json&) {}).logits();
  const std::string local = "sliding_attention", global = "full_attention";
  EXPECT_TRUE(same_bits(gemma("layer_types", {local, local, global, local}).logits(), expected));
  EXPECT_TRUE(same_bits(gemma("sliding_window_pattern", 3).logits(), expected));
  EXPECT_TRUE(same_bits(gemma("_sliding_window_pattern", 3).logits(), expected));
  // The kinds do matter; and a pattern that is not given is 6: none of these four is global.
  EXPECT_FALSE(same_bits(gemma("sliding_window_pattern", 2).logits(), expected));
  EXPECT_TRUE(same_bits(gemma("layer_types", {local, local, local, local}).logits(),
                        gemma("", {}).logits()));
}

TEST(ConfigVariants, Lfm2sAttentionLayersMayBeGivenInTwoWays) {
  const auto variant = [](const std::string& key, const Json& value) {
    return Variant("lfm2_indices", [&](Json& config) {
      config.erase("layer_types");
      config.erase("full_attn_idxs");
      config[key] = value;
    });
  };
  const std::vector<at::Tensor> expected = Variant("lfm2_indices", [](Json&) {}).logits();
  EXPECT_TRUE(same_bits(variant("full_attn_idxs", {1, 3}).logits(), expected));
  const Json types = {"conv", "full_attention", "conv", "full_attention"};
  EXPECT_TRUE(same_bits(variant("layer_types", types).logits(), expected));
  const Variant other = variant("full_attn_idxs", {0, 3});
  EXPECT_THAT(message_of<CheckpointError>([&] { other.logits(); }),
              testing::HasSubstr("\"model.layers.0.conv.conv.weight\" is not of this model"));
}

TEST(ConfigVariants, Lfm2sFeedForwardWidthIsAdjustedAsTransformersDoes) {
  const auto width = [](const char* model) {
    const LoadedModel opened = open_toy(model);
    return opened.lm->named_parameters()["model.layers.0.feed_forward.w1.weight"].size(0);
  };
  EXPECT_EQ(width("lfm2_indices"), 48);  // 2/3 of 67 is 44; rounded up to a multiple of 16
  EXPECT_EQ(width("lfm2_types"), 37);    // as it is
  EXPECT_EQ(width("lfm2_untied"), 56);   // 2/3 of 60 times 1.3 is 52; a multiple of 8
}

// Published files say `language_model.model.…`; some that transformers saved
// `model.language_model.…`.
TEST(ConfigVariants, AGemmaTextPartMayBearEitherPrefix) {
  const std::vector<at::Tensor> expected = Variant("gemma3_vision", [](Json&) {}).logits();
  const Variant renamed("gemma3_vision", [](Json&) {});
  const fs::path weights = renamed.folder.path() / "model.safetensors";
  std::vector<std::pair<std::string, at::Tensor>> tensors;
  size_t dropped = 0;
  for (const auto& [name, tensor] : tensors_of(weights)) {
    const std::string from = "language_model.model.";
    const bool text = name.starts_with(from);
    dropped += !text;
    tensors.emplace_back(
        text ? "model.language_model." + name.substr(from.size()) : "model." + name,
        tensor.clone());
  }
  EXPECT_GT(dropped, 5u);  // there is a vision part
  save_tensors(weights, tensors);
  EXPECT_TRUE(same_bits(renamed.logits(), expected));
}

}  // namespace
}  // namespace tuneval::test
