#include "framework/model/mapped_file.h"
#include "tests/unit/model/export_fixture.h"
#include "tuneval/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using test::message_of;
using test::names_in;
using test::some_logits;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using ExportFolderTest = test::ExportTest;

TEST_F(ExportFolderTest, ConfigsTokenizerAndTemplatesComeAlong) {
  make("qwen3_tied", {"q_proj"});
  test::write_text(model() / "chat_template.jinja", "{{ messages[0].content }}");
  test::write_text(model() / "merges.txt", "#version: 0.2\n");
  test::write_text(model() / "additional_chat_templates/tool_use.jinja", "{{ tools }}");
  for (const char* name : {"README.md", "LICENSE", "pytorch_model.bin", ".gitattributes",
                           "pytorch_model.bin.index.json", "adapter_config.json"}) {
    test::write_text(model() / name, "{}");
  }
  merge();
  EXPECT_THAT(names_in(out()), ElementsAre("additional_chat_templates", "chat_template.jinja",
                                           "config.json", "generation_config.json", "merges.txt",
                                           "model.safetensors", "tokenizer.json"));
  for (const char* name : {"chat_template.jinja", "config.json", "tokenizer.json",
                           "additional_chat_templates/tool_use.jinja"}) {
    EXPECT_EQ(test::read_text(out() / name), test::read_text(model() / name)) << name;
  }
}

TEST_F(ExportFolderTest, AnAdapterIsCopiedWhole) {
  make("qwen3_tied", {"q_proj"});
  test::write_text(adapter() / "more/notes.txt", "x");
  fs::create_directories(out());  // an empty folder is as good as none
  export_adapter(adapter(), out());
  EXPECT_THAT(names_in(out()),
              ElementsAre("adapter_config.json", "adapter_model.safetensors", "more"));
  LoadedModel model = test::open_toy("qwen3_tied");
  load_adapter(model, out());
  EXPECT_TRUE(at::equal(some_logits(model), tuned));
  EXPECT_THAT(names_in(folder.path() / "to"), ElementsAre("out"));
}

TEST_F(ExportFolderTest, AFullPlaceIsRefusedAndLeftAlone) {
  make("qwen3_tied", {"q_proj"});
  test::write_text(out() / "mine.txt", "x");
  EXPECT_EQ(message_of<ManifestError>([&] { merge(); }),
            out().string() + ": is not empty: expected a new or empty folder");
  EXPECT_EQ(message_of<ManifestError>([&] { export_adapter(adapter(), out()); }),
            out().string() + ": is not empty: expected a new or empty folder");
  EXPECT_THAT(names_in(out()), ElementsAre("mine.txt"));
  EXPECT_EQ(message_of<ManifestError>([&] { export_adapter(adapter(), out() / "mine.txt"); }),
            (out() / "mine.txt").string() + ": is a file: expected a new or empty folder");
}

TEST_F(ExportFolderTest, WhatFailsLeavesNothing) {
  make("llama_smol_float16", {"q_proj"});
  // A weight that float16 cannot hold shows when the first file is half written.
  std::vector<std::pair<std::string, at::Tensor>> huge;
  for (auto& [name, tensor] : test::tensors_of(adapter() / "adapter_model.safetensors")) {
    huge.emplace_back(name, tensor * 1000.0);
  }
  save_tensors(adapter() / "adapter_model.safetensors", huge);
  EXPECT_THAT(message_of<CheckpointError>([&] { merge(); }),
              HasSubstr("self_attn.q_proj.weight\": the merged weight does not fit F16"));
  EXPECT_THAT(names_in(folder.path() / "to"), IsEmpty());
  fs::remove(adapter() / "adapter_config.json");
  EXPECT_EQ(message_of<CheckpointError>([&] { export_adapter(adapter(), out()); }),
            (adapter() / "adapter_config.json").string() + ": is missing");
  EXPECT_THAT(names_in(folder.path() / "to"), IsEmpty());
}

TEST_F(ExportFolderTest, AWeightOfAnotherShapeThanTheConfigSaysIsRefused) {
  make("qwen3_tied", {"q_proj"});
  std::vector<std::pair<std::string, at::Tensor>> tensors;
  for (auto& [name, tensor] : test::tensors_of(model() / "model.safetensors")) {
    const bool first = name == "model.layers.0.self_attn.q_proj.weight";
    tensors.emplace_back(name, first ? tensor.narrow(0, 0, 1).clone() : tensor.clone());
  }
  save_tensors(model() / "model.safetensors", tensors);
  EXPECT_THAT(message_of<CheckpointError>([&] { merge(); }),
              HasSubstr("\"model.layers.0.self_attn.q_proj.weight\" is F32 [1, 32]: expected "
                        "floating point [64, 32], as config.json says"));
}

}  // namespace
}  // namespace tuneval
