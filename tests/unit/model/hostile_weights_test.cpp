// Weights that are none, or that lie elsewhere: refused by name before anything is computed.
#include "framework/model/finite.h"
#include "framework/model/mapped_file.h"
#include "framework/model/weight_files.h"
#include "tests/support/folder.h"
#include "tests/support/toy_models.h"
#include "tuneval/error.h"

#include <ATen/Functions.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using test::message_of;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(NotFinite, TheFirstIsFoundInEveryDtype) {
  for (const at::ScalarType dtype : {at::kFloat, at::kDouble, at::kHalf, at::kBFloat16}) {
    SCOPED_TRACE(at::toString(dtype));
    at::Tensor tensor = at::full({3, 5000}, -60000.0, dtype);  // large, and finite in all
    EXPECT_EQ(first_not_finite(tensor), std::nullopt);
    EXPECT_EQ(not_finite(tensor), "");
    tensor[2][4999] = -kInfinity;
    EXPECT_EQ(not_finite(tensor), "infinity at element 14999");
    tensor[1][7] = kNaN;
    EXPECT_EQ(not_finite(tensor), "NaN at element 5007");
    EXPECT_EQ(first_not_finite(tensor.t()), 7 * 3 + 1);
    EXPECT_EQ(first_not_finite(tensor.narrow(0, 0, 1)), std::nullopt);
  }
  EXPECT_EQ(first_not_finite(at::full({4}, -1, at::kInt)), std::nullopt);
  EXPECT_EQ(first_not_finite(at::empty({0})), std::nullopt);
}

class HostileWeights : public testing::Test {
 protected:
  HostileWeights() { test::write_toy("qwen3_untied", path()); }
  const fs::path& path() const { return folder_.path(); }
  fs::path weights() const { return path() / "model.safetensors"; }
  std::string refusal() const {
    return message_of<CheckpointError>([&] { load_model(test::all_plugins(), path(), {}); });
  }

  test::TempFolder folder_;
};

TEST_F(HostileWeights, OnesThatAreNoNumbersAreNamed) {
  std::vector<std::pair<std::string, at::Tensor>> all;
  for (auto& [name, tensor] : test::tensors_of(weights())) all.emplace_back(name, tensor.clone());
  for (auto& [name, tensor] : all) {
    if (name == "model.norm.weight") tensor[3] = kNaN;
    if (name == "model.layers.0.mlp.up_proj.weight") tensor[1][0] = kInfinity;
  }
  save_tensors(weights(), all);
  const std::string message = refusal();
  EXPECT_THAT(message, HasSubstr("\"model.norm.weight\" holds NaN at element 3: expected finite"));
  EXPECT_THAT(message,
              HasSubstr("\"model.layers.0.mlp.up_proj.weight\" holds infinity at element"));
}

TEST_F(HostileWeights, PicklesAreRefusedByName) {
  fs::remove(weights());
  for (const char* name : {"pytorch_model.bin", "consolidated.00.pth", "model.pt"}) {
    test::write_text(path() / name, "\x80\x02}q\x01.");
    EXPECT_EQ(refusal(), (path() / name).string() +
                             ": is a pickle, which may run code when it is read: expected the "
                             "weights as model.safetensors");
    fs::remove(path() / name);
  }
}

TEST_F(HostileWeights, APickleUnderAnotherNameIsKnown) {
  for (const std::string& start : {std::string("PK\x03\x04\0\0\x08\x08 archive/data.pkl", 25),
                                   std::string("\x80\x02\x8a\nl\xfc\x9c\x46\xf9 j\xa8P\x19.")}) {
    test::write_text(weights(), start);
    EXPECT_THAT(refusal(), HasSubstr(weights().string() + ": is no safetensors file but a pickle"));
  }
}

TEST_F(HostileWeights, ALinkOutOfTheFolderIsNoShard) {
  const test::TempFolder elsewhere;
  fs::rename(weights(), elsewhere.path() / "a.safetensors");
  fs::create_symlink(elsewhere.path() / "a.safetensors", path() / "a.safetensors");
  const fs::path index = path() / "model.safetensors.index.json";
  test::write_text(index, R"({"weight_map": {"x": "a.safetensors"}})");
  EXPECT_EQ(refusal(), index.string() +
                           ": \"weight_map\" names \"a.safetensors\", a link out of this folder: "
                           "expected a file in it");
}

TEST_F(HostileWeights, TheHubsCacheKeepsItsFilesInBlobs) {
  const fs::path snapshot = path() / "models--x/snapshots/abc", blobs = path() / "models--x/blobs";
  fs::create_directories(snapshot);
  fs::create_directories(blobs);
  fs::rename(weights(), blobs / "0123");
  fs::create_symlink("../../blobs/0123", snapshot / "a.safetensors");
  test::write_text(snapshot / "model.safetensors.index.json",
                   R"({"weight_map": {"x": "a.safetensors"}})");
  EXPECT_THAT(weight_files(snapshot), ElementsAre(snapshot / "a.safetensors"));
}

TEST_F(HostileWeights, AHugeConfigIsRefusedUnread) {
  fs::resize_file(path() / "config.json", uintmax_t{8} << 30);  // sparse
  EXPECT_EQ(message_of<ConfigError>([&] { load_model(test::all_plugins(), path(), {}); }),
            (path() / "config.json").string() + ": is larger than 64 MiB");
}

}  // namespace
}  // namespace tuneval
