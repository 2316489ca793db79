#include "bench/ours/bench.h"
#include "bench/ours/watch.h"
#include "framework/generate/generate.h"
#include "tuneval/error.h"

#include <fmt/format.h>

namespace tuneval::bench {

void run_load(const LoadArguments& arguments) {
  std::vector<TokenizedExample> rows = read_rows(arguments.rows);
  if (rows.empty()) throw DataError(fmt::format("{}: has no row", arguments.rows));
  rows.front().ids.resize(size_t(rows.front().prompt_length));
  const int64_t start_rss = rss_bytes();
  const Stopwatch watch;
  const LoadedModel model = open_model(arguments.model);
  const double loaded = watch.seconds();
  GenerateOptions options;
  options.decoding.max_new_tokens = 1;
  const Generated generated = generate(model, {{rows.front().ids}}, options);
  const double seconds = watch.seconds(), cpu_seconds = watch.cpu_seconds();
  const auto& made = generated.completions.front().ids;
  nlohmann::ordered_json record = {{"token", made.empty() ? -1 : made.front()},
                                   {"seconds", seconds},
                                   {"cpu_seconds", cpu_seconds},
                                   {"load_seconds", loaded},
                                   {"weight_bytes", weight_bytes(model)},
                                   {"start_rss_bytes", start_rss}};
  record.update(surroundings());
  record["peak_rss_bytes"] = peak_rss_bytes();
  print_line(record);
}

}  // namespace tuneval::bench
