#include "bench/ours/bench.h"
#include "bench/ours/operators.h"
#include "bench/ours/watch.h"
#include "framework/generate/generate.h"

#include <optional>

namespace tuneval::bench {

void run_scoring(const ScoreArguments& arguments) {
  std::vector<std::vector<int64_t>> prompts;
  for (TokenizedExample& row : read_rows(arguments.rows)) {
    row.ids.resize(size_t(row.prompt_length));
    prompts.push_back(std::move(row.ids));
  }
  if (arguments.limit > 0 && prompts.size() > size_t(arguments.limit)) {
    prompts.resize(size_t(arguments.limit));
  }
  const LoadedModel model = open_model(arguments.model);
  GenerateOptions options;
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
                                   {"new_tokens", generated.new_tokens}};
  record.update(surroundings());
  record["peak_rss_bytes"] = peak_rss_bytes();
  for (const Completion& completion : generated.completions) {
    record["completions"].push_back(completion.ids);
  }
  print_line(record);
  if (operators) operators->print();
}

}  // namespace tuneval::bench
