#include "bench/ours/bench.h"
#include "bench/ours/operators.h"
#include "bench/ours/watch.h"
#include "framework/generate/generate.h"

#include <optional>
#include <span>

namespace tuneval::bench {

namespace {

/// As the peers count them: what was kept, not what was tried.
int64_t count_new(const Generated& generated) {
  int64_t count = 0;
  for (const Completion& completion : generated.completions) {
    count += int64_t(completion.ids.size());
  }
  return count;
}

}  // namespace

void run_scoring(const ScoreArguments& arguments) {
  std::vector<std::vector<int64_t>> prompts;
  for (TokenizedExample& row : read_rows(arguments.rows)) {
    row.ids.resize(size_t(row.prompt_length));
    prompts.push_back(std::move(row.ids));
  }
  if (arguments.limit > 0 && prompts.size() > size_t(arguments.limit)) {
    prompts.resize(size_t(arguments.limit));
  }
  const int64_t start_rss = rss_bytes();
  const LoadedModel model = open_model(arguments.model);
  GenerateOptions options;
  options.lookup = !arguments.no_lookup;
  if (arguments.batch > 0) options.batch_size = arguments.batch;
  if (arguments.warm_up_tokens > 0 && !prompts.empty()) {
    options.decoding.max_new_tokens = arguments.warm_up_tokens;
    generate(model, std::span(prompts).first(1), options);
  }
  options.decoding.max_new_tokens = arguments.max_new_tokens;
  std::optional<OperatorTimes> operators;
  if (arguments.operators) operators.emplace();
  const Stopwatch watch;
  const Generated generated = generate(model, prompts, options);
  nlohmann::ordered_json record = {{"seconds", watch.seconds()},
                                   {"cpu_seconds", watch.cpu_seconds()},
                                   {"rows", prompts.size()},
                                   {"token_count", generated.prompt_tokens},
                                   {"computed_token_count", generated.computed_tokens},
                                   {"new_tokens", count_new(generated)},
                                   {"steps", generated.steps},
                                   {"drafted", generated.drafted},
                                   {"accepted", generated.accepted},
                                   {"arbitrated", generated.arbitrated},
                                   {"weight_bytes", weight_bytes(model)},
                                   {"start_rss_bytes", start_rss}};
  record.update(surroundings());
  record["peak_rss_bytes"] = peak_rss_bytes();
  for (const Completion& completion : generated.completions) {
    record["completions"].push_back(completion.ids);
  }
  print_line(record);
  if (operators) operators->print();
}

}  // namespace tuneval::bench
