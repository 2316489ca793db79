#include "framework/generate/generate.h"

#include "framework/generate/decoder.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace tuneval {

const char* to_string(StopReason reason) {
  switch (reason) {
    case StopReason::end_token: return "end";
    case StopReason::stop_string: return "stop";
    case StopReason::length: break;
  }
  return "length";
}

bool order_independent(const LoadedModel& model) {
  return model.device.is_cpu() && model.dtype == at::kFloat;
}

namespace {

using Ids = std::vector<int64_t>;

void check_lengths(const LoadedModel& model, std::span<const Ids> prompts) {
  for (size_t i = 0; i < prompts.size(); ++i) {
    if (prompts[i].empty()) throw DataError(fmt::format("prompt {} is empty", i));
    if (model.context > 0 && int64_t(prompts[i].size()) >= model.context) {
      throw DataError(fmt::format("prompt {} has {} tokens: {} takes {}, the answer included", i,
                                  prompts[i].size(), model.folder.string(), model.context));
    }
  }
}

/// The prompts in sorted order, and for each of several equal ones the first of them.
struct Sorted {
  explicit Sorted(std::span<const Ids> prompts) : first(prompts.size()) {
    std::vector<size_t> all(prompts.size());
    std::iota(all.begin(), all.end(), size_t(0));
    std::stable_sort(all.begin(), all.end(),
                     [&](size_t a, size_t b) { return prompts[a] < prompts[b]; });
    for (const size_t index : all) {
      if (order.empty() || prompts[order.back()] != prompts[index]) order.push_back(index);
      first[index] = order.back();
    }
  }
  std::vector<size_t> order;  // none twice
  std::vector<size_t> first;  // by prompt
};

void finish(Completion& completion, const LoadedModel& model, const Decoding& decoding) {
  completion.text = model.text->tokenizer.decode(completion.ids, /*skip_special_tokens=*/true);
  if (completion.stop != StopReason::stop_string) return;
  size_t first = std::string::npos;
  for (const std::string& stop : decoding.stop) {
    first = std::min(first, completion.text.find(stop));
  }
  if (first != std::string::npos) completion.text.resize(first);
}

}  // namespace

Generated generate(const LoadedModel& model, std::span<const Ids> prompts,
                   const GenerateOptions& options) {
  check_lengths(model, prompts);
  const Sorted sorted(prompts);
  std::vector<int64_t> copies(prompts.size(), 0);
  for (const size_t first : sorted.first) ++copies[first];
  std::vector<Completion> completions(prompts.size());
  int64_t rows = 0;
  Decoder decoder(model, options, prompts);
  decoder.run(sorted.order, [&](Decoder::Done done) {
    for (auto& [index, completion] : done) {
      finish(completion, model, options.decoding);
      completions[index] = std::move(completion);
      rows += copies[index];
    }
    const Generated& counts = decoder.counts();
    if (options.progress) options.progress(rows, counts.computed_tokens + counts.new_tokens);
  });
  Generated result = decoder.counts();
  result.new_tokens = 0;
  for (size_t i = 0; i < prompts.size(); ++i) {
    if (sorted.first[i] != i) completions[i] = completions[sorted.first[i]];
    result.prompt_tokens += int64_t(prompts[i].size());
    result.new_tokens += int64_t(completions[i].ids.size());
    result.new_tokens += completions[i].stop == StopReason::end_token;
  }
  result.completions = std::move(completions);
  return result;
}

}  // namespace tuneval
