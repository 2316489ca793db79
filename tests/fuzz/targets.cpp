#include "tests/fuzz/targets.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace tuneval::fuzz {

std::span<const Target> targets() {
  static constexpr std::array<Target, 14> kTargets = {{{"calls", read_calls},
                                                       {"config", read_config},
                                                       {"csv", read_csv_table},
                                                       {"index", read_index},
                                                       {"jsonl", read_json_lines},
                                                       {"library", read_library},
                                                       {"manifest", read_run_toml},
                                                       {"metrics", score_metrics},
                                                       {"pack", read_pack_toml},
                                                       {"record", read_record},
                                                       {"teacher", read_teacher},
                                                       {"template", render_template},
                                                       {"tokenizer", read_tokenizer},
                                                       {"weights", read_weights}}};
  return kTargets;
}

void broken(const std::string& promise) {
  std::fprintf(stderr, "broken: %s\n", promise.c_str());
  std::abort();
}

std::vector<std::string_view> parts_of(std::string_view input, size_t count) {
  std::vector<std::string_view> parts;
  while (parts.size() + 1 < count) {
    const size_t end = std::min(input.find('\x1F'), input.size());
    parts.push_back(input.substr(0, end));
    input.remove_prefix(std::min(end + 1, input.size()));
  }
  parts.push_back(input);
  return parts;
}

}  // namespace tuneval::fuzz
