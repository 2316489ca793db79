#include "framework/tune/dataset.h"

#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace tuneval {

namespace {

/// std::shuffle's result is the library's own choice; this one is the same everywhere.
void shuffle(std::vector<size_t>& values, std::mt19937_64& random) {
  for (size_t i = values.size(); i > 1; --i) {
    const uint64_t limit = UINT64_MAX - UINT64_MAX % i;  // no bias towards small numbers
    uint64_t drawn = random();
    while (drawn >= limit) drawn = random();
    std::swap(values[i - 1], values[drawn % i]);
  }
}

std::vector<size_t> permutation(size_t count, std::seed_seq seeds) {
  std::mt19937_64 random(seeds);
  std::vector<size_t> order(count);
  std::iota(order.begin(), order.end(), size_t(0));
  shuffle(order, random);
  return order;
}

int64_t longest_allowed(const LoadedModel& model, const Recipe& recipe) {
  if (recipe.max_length == 0) return model.context;
  return model.context == 0 ? recipe.max_length : std::min(recipe.max_length, model.context);
}

}  // namespace

std::vector<size_t> epoch_order(size_t count, uint64_t seed, int64_t epoch) {
  return permutation(count, {uint32_t(seed), uint32_t(seed >> 32), uint32_t(epoch), 1U});
}

Dataset make_dataset(const LoadedModel& model, const std::vector<Example>& examples,
                     const Recipe& recipe) {
  const int64_t longest = longest_allowed(model, recipe);
  std::vector<TokenizedExample> all;
  for (const Example& example : examples) {
    all.push_back(tokenize(*model.text, example));
    const auto length = int64_t(all.back().ids.size());
    if (longest > 0 && length > longest) {
      throw DataError(
          fmt::format("{}: {} tokens: at most {} are allowed", example.where, length, longest));
    }
  }
  const auto seed = recipe.seed;
  const std::vector<size_t> order =
      permutation(all.size(), {uint32_t(seed), uint32_t(seed >> 32), 0U, 2U});
  auto held_out = size_t(std::ceil(recipe.validation_ratio * double(all.size())));
  if (all.size() > 0) held_out = std::min(held_out, all.size() - 1);
  Dataset dataset;
  for (size_t i = 0; i < order.size(); ++i) {
    if (i < held_out) dataset.held_out.push_back(order[i]);
    auto& part = i < held_out ? dataset.validation : dataset.train;
    part.push_back(std::move(all[order[i]]));
  }
  std::ranges::sort(dataset.held_out);
  return dataset;
}

}  // namespace tuneval
