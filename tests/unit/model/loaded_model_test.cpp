#include "framework/model/loaded_model.h"

#include "framework/model/adapter.h"
#include "tests/support/folder.h"
#include "tests/support/toy_models.h"
#include "tuneval/error.h"

#include <ATen/Functions.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using test::message_of;
using testing::StartsWith;

const std::string kModel = "qwen3_untied";

TEST(LoadedModelTest, SaysWhatItIs) {
  const LoadedModel model = test::open_toy("qwen3_tied");
  EXPECT_EQ(model.context, 256);
  EXPECT_EQ(model.dtype, at::kFloat);
  EXPECT_FALSE(model.lm->is_training());
  EXPECT_EQ(model.parameters, count_parameters(*model.family, model.config));
  int64_t stored = 0;  // the tied head has no tensor of its own
  for (const auto& [name, tensor] : test::tensors_of(model.folder / "model.safetensors")) {
    stored += tensor.numel();
  }
  EXPECT_EQ(model.parameters, stored);
}

/// A toy's folder of its own, to be spoilt.
class ModelFolderTest : public testing::Test {
 protected:
  ModelFolderTest() { test::write_toy(kModel, folder.path()); }

  void load() const { load_model(test::all_plugins(), folder.path(), {}); }
  void replace(const std::string& from, const std::string& to) const {
    std::string text = test::read_text(folder.path() / "config.json");
    const size_t at = text.find(from);
    ASSERT_NE(at, text.npos);
    test::write_text(folder.path() / "config.json", text.replace(at, from.size(), to));
  }
  std::string config_refusal() const {
    const std::string message = message_of<ConfigError>([&] { load(); });
    const std::string file = (folder.path() / "config.json").string();
    EXPECT_THAT(message, StartsWith(file + ": "));
    return message.substr(file.size() + 2);
  }

  test::TempFolder folder;
};

TEST_F(ModelFolderTest, AnUnknownModelTypeListsThoseThereAre) {
  for (const char* file : {"model.safetensors", "tokenizer.json"}) fs::remove(folder.path() / file);
  replace("\"model_type\": \"qwen3\"", "\"model_type\": \"mamba\"");
  EXPECT_EQ(config_refusal(),
            "\"model_type\" is \"mamba\": supported are gemma3, gemma3_text, lfm2, llama, qwen3");
}

TEST_F(ModelFolderTest, ATokenizerLargerThanTheVocabularyIsRefused) {
  replace("\"vocab_size\": 101", "\"vocab_size\": 100");
  EXPECT_EQ(config_refusal(), "\"vocab_size\" is 100, but the tokenizer's largest id is 100");
}

TEST_F(ModelFolderTest, AConfigThatCannotBeBuiltIsRefused) {
  replace("\"num_attention_heads\": 4", "\"num_attention_heads\": \"four\"");
  EXPECT_EQ(config_refusal(), "\"num_attention_heads\" is \"four\": expected an integer");
}

TEST_F(ModelFolderTest, AFolderOrFileThatIsNotThereIsNamed) {
  fs::remove(folder.path() / "config.json");
  EXPECT_EQ(config_refusal(), "is missing");
  const fs::path none = folder.path() / "none";
  EXPECT_EQ(message_of<ConfigError>([&] { load_model(test::all_plugins(), none, {}); }),
            none.string() + ": no such model folder");
}

TEST_F(ModelFolderTest, DevicesAndDtypesAreChecked) {
  EXPECT_EQ(message_of<ManifestError>([] { parse_device("tpu"); }),
            "device \"tpu\": expected \"cpu\", \"cuda\" or \"cuda:N\"");
  EXPECT_EQ(message_of<ManifestError>([] { parse_dtype("int4", at::kCPU); }),
            "dtype \"int4\": expected auto, float32, bfloat16 or float16");
  EXPECT_EQ(parse_dtype("auto", at::kCPU), at::kFloat);
  EXPECT_EQ(parse_dtype("auto", at::Device("cuda")), at::kBFloat16);
}

TEST_F(ModelFolderTest, TheHashIsOfWhatDecides) {
  const std::string before = hash_model(folder.path());
  const test::TempFolder other;
  test::write_toy(kModel, other.path());
  EXPECT_EQ(hash_model(other.path()), before);  // wherever it lies
  test::write_text(folder.path() / "README.md", "changed");
  EXPECT_EQ(hash_model(folder.path()), before);
  for (const char* file :
       {"config.json", "tokenizer.json", "generation_config.json", "model.safetensors"}) {
    const std::string kept = test::read_text(folder.path() / file);
    test::write_text(folder.path() / file, kept + " ");
    EXPECT_NE(hash_model(folder.path()), before) << file;
    test::write_text(folder.path() / file, kept);
  }
  test::write_text(folder.path() / "chat_template.jinja", "{{ messages }}");
  EXPECT_NE(hash_model(folder.path()), before);
}

TEST_F(ModelFolderTest, ASavedModelIsTheSameModel) {
  const LoadedModel model = load_model(test::all_plugins(), folder.path(), {});
  const test::TempFolder out;
  save_model(model, at::kFloat, out.path() / "same");
  const LoadedModel again = load_model(test::all_plugins(), out.path() / "same", {});
  const test::TokenRows rows = {test::random_ids(9, 1)};
  const at::Tensor logits = test::logits_of(*model.lm, rows)[0];
  EXPECT_TRUE(at::equal(test::logits_of(*again.lm, rows)[0], logits));

  save_model(model, at::kBFloat16, out.path() / "narrow");
  const LoadedModel narrow = load_model(test::all_plugins(), out.path() / "narrow", {});
  EXPECT_EQ(narrow.config.text("dtype"), "bfloat16");
  EXPECT_LT(test::relative_difference(test::logits_of(*narrow.lm, rows)[0], logits), 0.05);
  EXPECT_LT(fs::file_size(out.path() / "narrow" / "model.safetensors"),
            fs::file_size((folder.path() / "model.safetensors")) * 6 / 10);
}

}  // namespace
}  // namespace tuneval
