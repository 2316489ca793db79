#include "framework/cell/certificate.h"

#include "framework/cell/run_cell.h"
#include "framework/data/pack.h"
#include "framework/model/mapped_file.h"
#include "tests/support/toy_run.h"
#include "tuneval/error.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using test::all_plugins;
using test::message_of;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

const test::TokenRows kRows = {{9, 10, 11, 12, 13, 14}};

at::Tensor logits_of(const LoadedModel& model) { return test::logits_of(*model.lm, kRows)[0]; }

/// A model with an adapter, as tuning leaves it: saved, and live.
class CertificateTest : public testing::Test {
 protected:
  CertificateTest() {
    run.add_task("colours");
    const Pack pack = read_pack(run.pack_folder("colours"));
    task = read_task(all_plugins(), pack, pack.options);
  }

  void open(const std::string& toy, const std::string& dtype = "float32") {
    model = test::open_toy(toy, dtype);
    const auto targets = find_targets(model, {"q_proj", "v_proj", "down_proj"});
    attach_fresh_adapter(targets, {4, 8.0, 0.1}, 1);
    auto generator = at::detail::createCPUGenerator(2);
    for (const auto& [name, linear] : targets) {
      at::Tensor b = linear->adapter()->b.detach();
      b.normal_(0.0, 0.1, generator);
    }
    save_adapter(model, {4, 8.0, 0.1}, options.adapter);
  }
  /// Changes the saved file behind the model's back.
  void spoil(const std::function<at::Tensor(const std::string&, const at::Tensor&)>& change) {
    const fs::path file = options.adapter / "adapter_model.safetensors";
    std::vector<std::pair<std::string, at::Tensor>> tensors;
    for (auto& [name, tensor] : test::tensors_of(file)) {
      tensors.emplace_back(name, change(name, tensor).clone());
    }
    save_tensors(file, tensors);
  }
  Parity certify_it() { return certify(model, task, options); }

  test::ToyRun run;
  TaskData task;
  LoadedModel model;
  CertificateOptions options{.adapter = run.folder.path() / "adapter"};
};

TEST_F(CertificateTest, OneModelHoweverItIsLookedAt) {
  open("qwen3_tied");
  const Parity parity = certify_it();
  EXPECT_EQ(parity.token_rows, 12 + 6);
  EXPECT_TRUE(parity.order_independent);
  ASSERT_TRUE(parity.logits);
  const LogitParity& logits = *parity.logits;
  EXPECT_EQ(logits.rows, 4);
  EXPECT_GE(logits.positions, 4 * 3);
  EXPECT_LE(logits.positions, 4 * 16);
  EXPECT_GT(logits.largest_logit, 1.0);
  EXPECT_EQ(logits.reloaded, 0.0) << "float32 as it was saved";
  ASSERT_TRUE(logits.merged);
  EXPECT_GT(*logits.merged, 0.0) << "the same tensor was compared with itself";
  EXPECT_LT(*logits.merged, 2e-6);
  EXPECT_FALSE(logits.rounded || logits.same_choice) << "a float32 checkpoint rounds nothing";
}

TEST_F(CertificateTest, ARoundedExportIsMeasured) {
  for (const char* toy : {"qwen3_tied_bfloat16", "llama_smol_float16"}) {
    open(toy);
    const LogitParity logits = *certify_it().logits;
    ASSERT_TRUE(logits.merged && logits.rounded && logits.same_choice) << toy;
    EXPECT_LT(*logits.merged, 2e-6);
    EXPECT_GT(*logits.rounded, 20 * *logits.merged) << "16 bits cannot be as good";
    EXPECT_LT(*logits.rounded, 0.03);
    EXPECT_GT(*logits.same_choice, logits.positions / 2);
  }
}

TEST_F(CertificateTest, ComputedIn16BitsTheMergeIsRoundedOnly) {
  open("qwen3_tied", "bfloat16");
  const Parity parity = certify_it();
  EXPECT_FALSE(parity.order_independent);
  EXPECT_EQ(parity.logits->reloaded, 0.0);
  EXPECT_FALSE(parity.logits->merged);
  ASSERT_TRUE(parity.logits->rounded);
  EXPECT_GT(*parity.logits->rounded, 0.0);
  EXPECT_LT(*parity.logits->rounded, kRoundedBoundBfloat16);
}

TEST_F(CertificateTest, TheModelIsLeftAsItWas) {
  open("llama_bias");
  const at::Tensor before = logits_of(model);
  const auto linear = find_targets(model, {"q_proj"})[0].second;
  const void* weight = linear->weight.data_ptr();
  const void* a = linear->adapter()->a.data_ptr();
  const auto names = model.lm->named_parameters().keys();
  const auto expect_untouched = [&] {
    EXPECT_EQ(linear->weight.data_ptr(), weight);
    ASSERT_TRUE(linear->adapter());
    EXPECT_EQ(linear->adapter()->a.data_ptr(), a);
    EXPECT_TRUE(linear->adapter()->a.requires_grad());
    EXPECT_FALSE(linear->weight.requires_grad());
    EXPECT_EQ(model.lm->named_parameters().keys(), names);
    EXPECT_TRUE(at::equal(logits_of(model), before));
  };
  certify_it();
  expect_untouched();
  options.merge = [](const at::Tensor& w, const Adapter&) { return w * 0.0; };
  EXPECT_THROW(certify_it(), TuneError);
  expect_untouched();
}

TEST_F(CertificateTest, AnotherAdapterInTheFolderIsCaught) {
  open("qwen3_tied");
  const std::string changed = "base_model.model.model.layers.1.mlp.down_proj.lora_B.weight";
  spoil([&](const std::string& name, const at::Tensor& tensor) {
    return name == changed ? tensor * 1.01 : tensor;
  });
  EXPECT_THAT(message_of<TuneError>([&] { certify_it(); }),
              AllOf(StartsWith("parity: " + options.adapter.string() +
                               ", read back, does not give the logits of the adapter that was "
                               "tuned: "),
                    HasSubstr("test.jsonl:"), HasSubstr(", position "), HasSubstr("vocabulary "),
                    HasSubstr("expected "), HasSubstr("allowed is 1e-05")));
}

TEST_F(CertificateTest, AScaleThatWasNotSavedIsCaught) {
  open("qwen3_tied");
  const fs::path file = options.adapter / "adapter_config.json";
  auto config = nlohmann::ordered_json::parse(test::read_text(file));
  config["lora_alpha"] = 4;
  test::write_text(file, config.dump());
  EXPECT_THAT(message_of<TuneError>([&] { certify_it(); }), HasSubstr("read back"));
}

TEST_F(CertificateTest, ANumberThatIsNoneIsCaught) {
  open("qwen3_tied");
  spoil([](const std::string&, const at::Tensor& tensor) { return tensor * std::nan(""); });
  EXPECT_THAT(message_of<CheckpointError>([&] { certify_it(); }), HasSubstr("holds NaN"));
}

TEST_F(CertificateTest, AMergeThatForgetsTheScaleIsCaught) {
  options.merge = [](const at::Tensor& weight, const Adapter& adapter) {
    return weight.to(at::kFloat) + at::matmul(adapter.b, adapter.a);
  };
  open("qwen3_tied");
  EXPECT_THAT(message_of<TuneError>([&] { certify_it(); }),
              AllOf(StartsWith("parity: the merged model does not give the logits"),
                    HasSubstr("test.jsonl:"), HasSubstr("allowed is 0.0001")));
  open("qwen3_tied", "bfloat16");
  options.merge = [](const at::Tensor& weight, const Adapter& adapter) {
    return weight.to(at::kFloat) - 20 * at::matmul(adapter.b, adapter.a);
  };
  EXPECT_THAT(message_of<TuneError>([&] { certify_it(); }),
              HasSubstr("the merged model, rounded to bfloat16, does not give"));
}

TEST_F(CertificateTest, WithoutAnAdapterTokenIdsAreCompared) {
  model = test::open_toy("qwen3_tied");
  options.adapter.clear();
  const Parity parity = certify_it();
  EXPECT_EQ(parity.token_rows, 18);
  EXPECT_FALSE(parity.logits);
}

TEST(CheckTokenIdsTest, NamesTheRowAndThePlace) {
  const TokenizedExample trained{{4, 5, 6, 7}, 3};
  const auto check = [&](const std::vector<int64_t>& scored) {
    check_token_ids(trained, scored, "train.jsonl:7");
  };
  check({4, 5, 6});
  EXPECT_EQ(message_of<TuneError>([&] {
              check({4, 9, 6});
            }),
            "parity: train.jsonl:7: token 1 of the prompt is 5 in training, 9 in scoring");
  EXPECT_EQ(message_of<TuneError>([&] {
              check({4, 5});
            }),
            "parity: train.jsonl:7: the prompt has 3 tokens in training, 2 in scoring");
  EXPECT_EQ(message_of<TuneError>([&] {
              check({4, 5, 6, 7});
            }),
            "parity: train.jsonl:7: the prompt has 3 tokens in training, 4 in scoring");
}

TEST(RunCellTest, ACellCarriesItsCertificate) {
  for (const char* adapter : {"lora", "none"}) {
    test::ToyRun run;
    run.add_model("llama_smol");
    run.add_task("colours");
    run.manifest.tuning.adapter = adapter;
    const Plan plan = make_plan(run.manifest, all_plugins());
    const RecordStore store(run.manifest.output);
    LoadedModel model =
        load_model(all_plugins(), run.model_folder("llama_smol"), {"cpu", "auto", {}});
    CellRecord record = begin_record(plan, plan.cells[0], all_plugins());
    const CellTools tools{all_plugins(), store, [](const CellProgress&) {}};
    run_cell(plan, plan.cells[0], model, tools, record);
    ASSERT_TRUE(record.parity) << adapter;
    EXPECT_EQ(record.parity->token_rows, 18);
    EXPECT_EQ(record.parity->logits.has_value(), adapter == std::string("lora"));
    EXPECT_TRUE(record.tuned);
  }
}

}  // namespace
}  // namespace tuneval
