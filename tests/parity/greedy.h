#pragma once

#include "framework/generate/generate.h"
#include "tests/support/toy_models.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

/// Models and prompts that greedy decoding is tried on.

namespace tuneval::test {

/// The toys of the fixtures, but for those that are another's weights stored otherwise, and our own
/// tiny models as "models/NAME".
inline std::vector<std::string> greedy_models() {
  std::vector<std::string> names = fixture_models();
  std::erase_if(names, [](const std::string& name) {
    return name.ends_with("float16") || name.ends_with("_sharded");
  });
  const auto folder = std::filesystem::path(TUNEVAL_SOURCE_DIR) / "models";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!entry.is_directory()) continue;
    names.push_back("models/" + entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// As a test's name may be.
inline std::string greedy_name(std::string model) {
  for (char& c : model) {
    if (c == '/' || c == '-' || c == '.') c = '_';
  }
  return model;
}

inline LoadedModel open_greedy(const std::string& model) {
  if (!model.starts_with("models/")) return open_toy_ending_at(model, {});
  return load_model(all_plugins(), std::filesystem::path(TUNEVAL_SOURCE_DIR) / model,
                    {"cpu", "float32", nlohmann::ordered_json::object()});
}

/// Short and long, with much in common and with nothing, some of them beginnings of others, some
/// that repeat themselves.
inline TokenRows greedy_prompts() {
  TokenRows prompts;
  const auto shared = random_ids(70, 900);
  for (size_t i = 0; i < 16; ++i) {
    prompts.push_back(joined(shared, random_ids(1 + i % 5, 910 + i / 2)));
  }
  for (size_t i = 0; i < 8; ++i) {
    prompts.push_back(
        joined({shared.begin(), shared.begin() + int64_t(7 * i + 9)}, {int64_t(9 + i)}));
  }
  for (size_t i = 0; i < 12; ++i) prompts.push_back(random_ids(1 + 13 * i, 940 + i));
  for (size_t i = 0; i < 8; ++i) {
    const auto part = random_ids(6 + i, 960 + i);
    prompts.push_back(joined(joined(part, random_ids(i, 970 + i)), part));
  }
  return prompts;
}

/// Gives the vocabulary's projection, in each run of `every` rows, two that are equal but for the
/// last bits of some of their numbers.
inline void make_twins(const LoadedModel& model, int64_t every) {
  at::Tensor weight;
  for (const auto& item : model.lm->named_parameters()) {
    const bool head = item.key().ends_with("lm_head.weight");
    if (head || (!weight.defined() && item.key().ends_with("embed_tokens.weight"))) {
      weight = item.value();
    }
  }
  at::Tensor twins = weight.detach().clone();
  at::manual_seed(23);
  for (int64_t row = 0; row + 1 < twins.size(0); row += every) {
    const at::Tensor one = twins[row];
    twins[row + 1].copy_(at::where(at::rand_like(one) < 0.5, one, one * (1 + 1.2e-7)));
  }
  weight.set_data(twins);
}

}  // namespace tuneval::test
