#include "bench/ours/bench.h"
#include "framework/data/task_data.h"
#include "framework/tune/dataset.h"
#include "tuneval/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>

namespace tuneval::bench {

using Json = nlohmann::ordered_json;

namespace {

std::ofstream create(const std::string& file) {
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  if (!stream) throw RecordError(fmt::format("{}: cannot be written", file));
  return stream;
}

void close(std::ofstream& stream, const std::string& file) {
  stream.flush();
  if (!stream) throw RecordError(fmt::format("{}: cannot be written", file));
}

/// `count` of `total` rows, at even distances: files are often sorted by class.
std::vector<size_t> spread(size_t total, size_t count) {
  std::vector<size_t> chosen;
  for (size_t i = 0; i < count; ++i) chosen.push_back(i * total / count);
  return chosen;
}

size_t checked(const std::string& split, int64_t asked, size_t there) {
  if (asked < 0 || size_t(asked) > there) {
    throw DataError(fmt::format("{}: {} rows: expected at least {}", split, there, asked));
  }
  return size_t(asked);
}

}  // namespace

LoadedModel open_model(const std::string& folder) {
  return load_model(load_plugins(default_plugin_folders()), folder, {});
}

int64_t weight_bytes(const LoadedModel& model) {
  std::set<const void*> seen;
  int64_t bytes = 0;
  for (const at::Tensor& parameter : model.lm->parameters()) {
    if (seen.insert(parameter.const_data_ptr()).second) bytes += int64_t(parameter.nbytes());
  }
  return bytes;
}

void print_line(const Json& object) {
  fmt::print("{}\n", object.dump());
  std::fflush(stdout);
}

void write_rows(const RowsArguments& arguments) {
  const Registry registry = load_plugins(default_plugin_folders());
  const Config config = read_model_config(arguments.model);
  const auto text = open_model_text(*family_for(registry, config), arguments.model, {});
  const Pack pack = read_pack(arguments.pack);
  const TaskData task = read_task(registry, pack, pack.options);
  const size_t train = checked("train", arguments.train, task.train.size());
  const size_t test = checked("test", arguments.test, task.test.size());

  const std::vector<size_t> order = epoch_order(task.train.size(), arguments.seed, /*epoch=*/0);
  std::ofstream train_stream = create(arguments.train_to);
  for (size_t i = 0; i < train; ++i) {
    const TokenizedExample row = tokenize(*text, task.train[order[i]]);
    train_stream << Json{{"ids", row.ids}, {"prompt_length", row.prompt_length}}.dump() << '\n';
  }
  close(train_stream, arguments.train_to);

  std::ofstream test_stream = create(arguments.test_to);
  for (size_t i : spread(task.test.size(), test)) {
    const std::vector<int64_t> ids = prompt_ids(*text, task.test[i]);
    test_stream << Json{{"ids", ids}, {"prompt_length", ids.size()}}.dump() << '\n';
  }
  close(test_stream, arguments.test_to);
}

std::vector<TokenizedExample> read_rows(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw DataError(fmt::format("{}: cannot be read", file.string()));
  std::vector<TokenizedExample> rows;
  for (std::string line; std::getline(stream, line);) {
    try {
      const Json json = Json::parse(line);
      rows.push_back(
          {json.at("ids").get<std::vector<int64_t>>(), json.at("prompt_length").get<int64_t>()});
    } catch (const Json::exception& error) {
      throw DataError(fmt::format("{}:{}: {}", file.string(), rows.size() + 1, error.what()));
    }
    const auto length = int64_t(rows.back().ids.size());
    if (rows.back().prompt_length < 1 || rows.back().prompt_length > length) {
      throw DataError(fmt::format("{}:{}: \"prompt_length\" is {}: expected 1 to {}", file.string(),
                                  rows.size(), rows.back().prompt_length, length));
    }
  }
  return rows;
}

}  // namespace tuneval::bench
