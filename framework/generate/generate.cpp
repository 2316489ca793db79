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

std::string completed_text(const LoadedModel& model, const Completion& completion,
                           std::span<const std::string> stops) {
  std::string text = model.text->tokenizer.decode(completion.ids, /*skip_special_tokens=*/true);
  if (completion.stop != StopReason::stop_string) return text;
  size_t first = std::string::npos;
  for (const std::string& stop : stops) first = std::min(first, text.find(stop));
  if (first != std::string::npos) text.resize(first);
  return text;
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

/// Completes prompts in sorted order: as many at once as fit, further ones as these end.
class Batches {
 public:
  using Report = std::function<void(size_t index, Completion)>;

  Batches(const LoadedModel& model, std::span<const Ids> prompts, const GenerateOptions& options)
      : prompts_(prompts),
        options_(options),
        decoder_(model, {.token_budget = options.token_budget, .lookup = options.lookup}) {}

  const Generated& counts() const { return decoder_.counts(); }

  /// Completes prompts[order[0]], prompts[order[1]] …, which must be sorted, none twice. `ended` is
  /// told each row that has ended, `passed` after each pass over the model that ended some.
  void run(const std::vector<size_t>& order, const Report& ended,
           const std::function<void()>& passed) {
    size_t next = 0;
    while (next < order.size() || decoder_.rows() > 0) {
      if (options_.pulse) options_.pulse();
      if (next < order.size() && takes_rows()) {
        admit(order, next);
      } else {
        decoder_.step();
      }
      std::vector<FinishedRow> finished = decoder_.take_finished();
      for (FinishedRow& row : finished) {
        if (row.failure) std::rethrow_exception(row.failure);
        ended(row.index, std::move(row.completion));
      }
      if (!finished.empty()) passed();
    }
  }

 private:
  /// Rows are taken several at a time: prefilling one alone costs a pass over the weights.
  bool takes_rows() const {
    const auto rows = int64_t(decoder_.rows());
    if (rows == 0) return true;
    return options_.batch_size - rows >= std::max<int64_t>(1, options_.batch_size / 4) &&
           decoder_.used() < options_.cache_tokens;
  }

  void admit(const std::vector<size_t>& order, size_t& next) {
    do {
      const size_t index = order[next++];
      RowRequest request;
      request.index = index;
      request.prompt = prompts_[index];
      request.max_new_tokens = options_.decoding.max_new_tokens;
      request.stop = options_.decoding.stop;
      if (options_.grammar) request.grammar = options_.grammar(index);
      request.name = options_.name ? options_.name(index) : fmt::format("prompt {}", index);
      decoder_.add(std::move(request));
    } while (next < order.size() && int64_t(decoder_.rows()) < options_.batch_size &&
             decoder_.used() < options_.cache_tokens);
    decoder_.prefill();
  }

  std::span<const Ids> prompts_;
  const GenerateOptions& options_;
  Decoder decoder_;
};

}  // namespace

Generated generate(const LoadedModel& model, std::span<const Ids> prompts,
                   const GenerateOptions& options) {
  check_lengths(model, prompts);
  const Sorted sorted(prompts, options);
  std::vector<int64_t> copies(prompts.size(), 0);
  for (const size_t first : sorted.first) ++copies[first];
  std::vector<Completion> completions(prompts.size());
  int64_t rows = 0;
  Batches batches(model, prompts, options);
  const auto ended = [&](size_t index, Completion completion) {
    completion.text = completed_text(model, completion, options.decoding.stop);
    completions[index] = std::move(completion);
    rows += copies[index];
  };
  const auto passed = [&] {
    const Generated& counts = batches.counts();
    if (options.progress) options.progress(rows, counts.computed_tokens + counts.new_tokens);
  };
  for (const std::vector<size_t>& round : sorted.rounds) batches.run(round, ended, passed);
  Generated result = batches.counts();
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
