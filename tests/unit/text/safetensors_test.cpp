#include "framework/text/tensor_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include "tests/unit/text/support.h"
#include "tuneval/error.h"

namespace tuneval {
namespace {

namespace fs = std::filesystem;
using test::expect_contains;
using test::message_of;
using test::TempFolder;
using test::write_text;

/// A file of `header` and `data_size` bytes of data; `named_size` is the header length that it
/// claims.
void write_raw(const fs::path& path, const std::string& header, size_t data_size,
               uint64_t named_size) {
  std::string text(sizeof(uint64_t), '\0');
  std::memcpy(text.data(), &named_size, sizeof(named_size));  // the format is little-endian, as
                                                              // this machine is
  write_text(path, text + header + std::string(data_size, 'x'));
}

std::string read_error(const fs::path& path, const std::string& header, size_t data_size) {
  write_raw(path, header, data_size, header.size());
  const std::string message = message_of<CheckpointError>([&] { read_safetensors_header(path); });
  expect_contains(message, path.string());
  return message;
}

TEST(Safetensors, ReadsBackWhatItWrote) {
  const TempFolder temp;
  const fs::path path = temp.path() / "model.safetensors";
  std::vector<float> weights(6);
  std::iota(weights.begin(), weights.end(), 0.5F);
  const std::vector<int64_t> ids = {1, -2};
  const std::vector<uint16_t> halves = {7, 8, 9};
  const float scalar = 3.0F;
  const std::vector<TensorToWrite> tensors = {
      {"halves", "BF16", {3}, halves.data()}, {"b.weight", "F32", {2, 3}, weights.data()},
      {"scalar", "F32", {}, &scalar},         {"ids", "I64", {2}, ids.data()},
      {"empty ü", "F32", {0, 4}, nullptr},
  };
  const std::map<std::string, std::string> metadata = {
      {"format", "pt"}, {"a", "\"x\"\n"}, {"z", ""}};
  write_safetensors(path, tensors, metadata);
  const SafetensorsHeader header = read_safetensors(path);
  EXPECT_EQ(header.metadata, metadata);
  ASSERT_EQ(header.tensors.size(), tensors.size());
  const std::string bytes = test::read_text(path);
  for (const TensorToWrite& written : tensors) {
    const auto found =
        std::find_if(header.tensors.begin(), header.tensors.end(),
                     [&](const TensorInfo& info) { return info.name == written.name; });
    ASSERT_NE(found, header.tensors.end()) << written.name;
    EXPECT_EQ(found->dtype, written.dtype);
    EXPECT_EQ(found->shape, written.shape);
    EXPECT_EQ(found->begin % safetensors_element_size(written.dtype), 0u) << written.name;
    ASSERT_LE(found->end, bytes.size());
    if (written.data == nullptr) {
      EXPECT_EQ(found->begin, found->end);
    } else {
      EXPECT_EQ(std::memcmp(bytes.data() + found->begin, written.data, found->end - found->begin),
                0);
    }
  }
  EXPECT_EQ(header.tensors.front().begin % 8, 0u);
  EXPECT_EQ(header.tensors.back().end, bytes.size());
}

TEST(Safetensors, EqualInputGivesEqualBytesAndNoFileIsLeftBeside) {
  const TempFolder temp;
  const float value = 1.0F;
  const std::vector<TensorToWrite> tensors = {{"b", "F32", {1}, &value}, {"a", "F32", {1}, &value}};
  std::map<std::string, std::string> metadata;
  for (char c = 'a'; c < 'q'; ++c) metadata[std::string(1, c)] = "x";
  write_safetensors(temp.path() / "one", tensors, metadata);
  write_text(temp.path() / "two", "what stood here before");
  write_safetensors(temp.path() / "two", tensors, metadata);
  EXPECT_EQ(test::read_text(temp.path() / "one"), test::read_text(temp.path() / "two"));
  EXPECT_EQ(std::distance(fs::directory_iterator(temp.path()), {}), 2);
}

TEST(Safetensors, AnEmptyFileOfTensorsIsValid) {
  const TempFolder temp;
  write_safetensors(temp.path() / "none", {});
  EXPECT_TRUE(read_safetensors_header(temp.path() / "none").empty());
}

TEST(Safetensors, ReadsARealCheckpoint) {
  TUNEVAL_NEED_SHARED_DATA();
  const auto tensors =
      read_safetensors_header(test::shared_data() / "checkpoints/stories260K-hf/model.safetensors");
  const auto found = std::find_if(tensors.begin(), tensors.end(), [](const TensorInfo& info) {
    return info.name == "model.embed_tokens.weight";
  });
  ASSERT_NE(found, tensors.end());
  EXPECT_EQ(found->dtype, "F32");
  EXPECT_EQ(found->shape, (std::vector<int64_t>{512, 64}));
  EXPECT_EQ(found->end - found->begin, 512u * 64u * 4u);
}

TEST(Safetensors, RefusesBrokenFiles) {
  const TempFolder temp;
  const fs::path path = temp.path() / "x.safetensors";
  const auto error = [&](const std::string& header, size_t size) {
    return read_error(path, header, size);
  };
  const std::string one = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  expect_contains(error(one, 7), "cut off");
  expect_contains(error(one, 9), "expected");
  expect_contains(error("{]", 0), "header is broken");
  expect_contains(error("\xff", 0), "header is broken");
  expect_contains(error(R"({"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}})", 8), "F31");
  expect_contains(error(R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", 8), "broken");
  expect_contains(error(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,8]}})", 8), "broken");
  expect_contains(error(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})", 8), "broken");
  expect_contains(error(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})", 12), "`a`");
  // Overlapping, and with a product of lengths past 64 bits.
  expect_contains(error(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
                            "b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})",
                        12),
                  "`b`");
  expect_contains(
      error(R"({"a":{"dtype":"F32","shape":[4294967296,4294967296,4],"data_offsets":[0,8]}})", 8),
      "broken");
}

TEST(Safetensors, RefusesFilesWithoutAHeader) {
  const TempFolder temp;
  const fs::path path = temp.path() / "x.safetensors";
  const auto error = [&] {
    return message_of<CheckpointError>([&] { read_safetensors_header(path); });
  };
  expect_contains(error(), path.string());
  write_text(path, "short");
  expect_contains(error(), "it has 5 bytes");
  write_raw(path, "{}", 0, 1000);
  expect_contains(error(), "cut off");
  write_raw(path, "{}", 0, UINT64_MAX);
  expect_contains(error(), "cut off");
  expect_contains(message_of<CheckpointError>([&] { read_safetensors_header(temp.path()); }),
                  temp.path().string());
}

TEST(Safetensors, RefusesToWriteNonsense) {
  const TempFolder temp;
  const fs::path path = temp.path() / "x.safetensors";
  const float value = 1.0F;
  const auto error = [&](std::vector<TensorToWrite> tensors) {
    return message_of<CheckpointError>([&] { write_safetensors(path, tensors); });
  };
  expect_contains(error({{"a", "F99", {1}, &value}}), "\"F99\" is no safetensors dtype");
  expect_contains(error({{"a", "F32", {-1}, &value}}), "tensor \"a\" has an impossible shape [-1]");
  expect_contains(error({{"a", "F32", {INT64_MAX, 8}, &value}}), "impossible shape");
  expect_contains(error({{"a", "F32", {1}, nullptr}}), "tensor \"a\" has no data");
  expect_contains(error({{"a", "F32", {1}, &value}, {"a", "F32", {1}, &value}}),
                  "tensor \"a\": the name is taken");
  expect_contains(error({{"__metadata__", "F32", {1}, &value}}), "the name is taken");
  expect_contains(error({{"\xff", "F32", {1}, &value}}), "not UTF-8");
  EXPECT_FALSE(fs::exists(path));
  expect_contains(message_of<CheckpointError>([&] {
                    write_safetensors(temp.path() / "no" / "folder", std::vector<TensorToWrite>{});
                  }),
                  "cannot be written");
  EXPECT_TRUE(fs::is_empty(temp.path()));
}

TEST(TensorFile, WritesWhatWasAnnouncedOrNothing) {
  const TempFolder temp;
  const fs::path path = temp.path() / "x.safetensors";
  write_text(path, "what stood here before");
  const std::vector<TensorInfo> infos = {{"b", "F32", {2}, 0, 8}, {"a", "I8", {3}, 8, 11}};
  const std::byte bytes[8] = {};
  const auto error = [&](auto&& call) { return message_of<CheckpointError>(call); };
  {
    TensorFile file(path, infos);
    EXPECT_EQ(error([&] { file.finish(); }), path.string() + ": \"b\" was not written");
    EXPECT_EQ(error([&] {
                file.append({bytes, 7});
              }),
              path.string() + ": \"b\" has 7 bytes: expected 8");
  }
  EXPECT_EQ(test::read_text(path), "what stood here before");
  EXPECT_EQ(std::distance(fs::directory_iterator(temp.path()), {}), 1);
  TensorFile file(path, infos);
  file.append({bytes, 8});
  file.append({bytes, 3});
  EXPECT_EQ(error([&] { file.append({}); }), path.string() + ": a tensor too many");
  file.finish();
  const SafetensorsHeader header = read_safetensors(path);
  ASSERT_EQ(header.tensors.size(), 2u);
  EXPECT_EQ(header.tensors[1].name, "a");
  EXPECT_EQ(header.tensors[1].shape, std::vector<int64_t>{3});
  EXPECT_EQ(header.tensors[0].begin % 8, 0u);
  EXPECT_EQ(header.metadata.at("format"), "pt");
  EXPECT_EQ(std::distance(fs::directory_iterator(temp.path()), {}), 1);
}

}  // namespace
}  // namespace tuneval
