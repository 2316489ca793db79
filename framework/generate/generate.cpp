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

/// The prompts in sorted order, and for each of several equal ones the first of them. Equal prompts
/// of different grammars are in different rounds: no round has a prompt twice.
struct Sorted {
  Sorted(std::span<const Ids> prompts, const GenerateOptions& options) : first(prompts.size()) {
    std::vector<size_t> all(prompts.size());
    std::iota(all.begin(), all.end(), size_t(0));
    std::stable_sort(all.begin(), all.end(),
                     [&](size_t a, size_t b) { return prompts[a] < prompts[b]; });
    std::vector<size_t> equal;  // the first of each grammar
    for (const size_t index : all) {
      if (equal.empty() || prompts[equal.front()] != prompts[index]) equal.clear();
      const auto same = std::find_if(equal.begin(), equal.end(), [&](size_t other) {
        return !options.grammar || options.grammar(other) == options.grammar(index);
      });
      first[index] = same == equal.end() ? index : *same;
      if (same != equal.end()) continue;
      if (equal.size() == rounds.size()) rounds.emplace_back();
      rounds[equal.size()].push_back(index);
      equal.push_back(index);
    }
  }
  std::vector<std::vector<size_t>> rounds;
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
  const Sorted sorted(prompts, options);
  std::vector<int64_t> copies(prompts.size(), 0);
  for (const size_t first : sorted.first) ++copies[first];
  std::vector<Completion> completions(prompts.size());
  int64_t rows = 0;
  Decoder decoder(model, options, prompts);
  const auto report = [&](Decoder::Done done) {
    for (auto& [index, completion] : done) {
      finish(completion, model, options.decoding);
      completions[index] = std::move(completion);
      rows += copies[index];
    }
    const Generated& counts = decoder.counts();
    if (options.progress) options.progress(rows, counts.computed_tokens + counts.new_tokens);
  };
  for (const std::vector<size_t>& round : sorted.rounds) decoder.run(round, report);
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
