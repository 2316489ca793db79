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

namespace {

using Ids = std::vector<int64_t>;

size_t shared_length(const Ids& a, const Ids& b) {
  const size_t most = std::min(a.size(), b.size());
  return size_t(std::mismatch(a.begin(), a.begin() + int64_t(most), b.begin()).first - a.begin());
}

/// Consecutive rows of `order` that are decoded together.
struct Range {
  size_t begin = 0, end = 0;
};

std::vector<Range> make_batches(std::span<const Ids> prompts, const std::vector<size_t>& order,
                                size_t prefix, const GenerateOptions& options) {
  std::vector<Range> batches;
  int64_t tokens = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    const Ids& row = prompts[order[i]];
    const bool first = batches.empty() || batches.back().end - batches.back().begin == 0;
    const size_t shared = first ? prefix : shared_length(prompts[order[i - 1]], row);
    const int64_t fresh = int64_t(row.size() - std::min(row.size(), shared));
    const bool full =
        !first && (tokens + fresh > options.token_budget ||
                   int64_t(batches.back().end - batches.back().begin) >= options.batch_size);
    if (first || full) {
      batches.push_back({i, i});
      tokens = int64_t(row.size() - prefix);
    } else {
      tokens += fresh;
    }
    ++batches.back().end;
  }
  return batches;
}

void check_lengths(const LoadedModel& model, std::span<const Ids> prompts) {
  for (size_t i = 0; i < prompts.size(); ++i) {
    if (prompts[i].empty()) throw DataError(fmt::format("prompt {} is empty", i));
    if (model.context > 0 && int64_t(prompts[i].size()) >= model.context) {
      throw DataError(fmt::format("prompt {} has {} tokens: {} takes {}, the answer included", i,
                                  prompts[i].size(), model.folder.string(), model.context));
    }
  }
}

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
  Generated result;
  result.completions.resize(prompts.size());
  if (prompts.empty()) return result;
  std::vector<size_t> order(prompts.size());
  std::iota(order.begin(), order.end(), size_t(0));
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return prompts[a] < prompts[b]; });
  // Of sorted rows, the first and the last share what all share. Each keeps a token of its own,
  // whose logits its answer begins with.
  size_t prefix = shared_length(prompts[order.front()], prompts[order.back()]);
  for (const Ids& row : prompts) {
    prefix = std::min(prefix, row.size() - 1);
    result.prompt_tokens += int64_t(row.size());
  }
  Decoder decoder(model, options);
  decoder.cache_prefix(std::span(prompts[order.front()]).first(prefix));
  for (const Range& range : make_batches(prompts, order, prefix, options)) {
    std::vector<Ids> rows;
    for (size_t i = range.begin; i < range.end; ++i) rows.push_back(prompts[order[i]]);
    std::vector<Completion> done = decoder.decode(rows);
    for (size_t i = range.begin; i < range.end; ++i) {
      finish(done[i - range.begin], model, options.decoding);
      result.completions[order[i]] = std::move(done[i - range.begin]);
    }
    if (options.progress) {
      options.progress(int64_t(range.end), decoder.computed_tokens() + decoder.new_tokens());
    }
  }
  result.computed_tokens = decoder.computed_tokens();
  result.new_tokens = decoder.new_tokens();
  return result;
}

}  // namespace tuneval
