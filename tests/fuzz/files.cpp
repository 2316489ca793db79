// Targets that read a file: each writes it into the folder of this process first.
#include "framework/data/pack.h"
#include "framework/data/rows.h"
#include "framework/loader/elf_file.h"
#include "framework/manifest/manifest.h"
#include "framework/model/weight_files.h"
#include "framework/text/chat_template.h"
#include "framework/text/safetensors.h"
#include "framework/text/tokenizer.h"
#include "tests/fuzz/targets.h"
#include "tuneval/error.h"

#include <stdlib.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

namespace tuneval::fuzz {

namespace {

namespace fs = std::filesystem;

/// Made once, removed at the end.
struct Folder {
  Folder() {
    std::string name = (fs::temp_directory_path() / "tuneval-fuzz-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) broken("there is a temporary folder");
    path = name;
    write("train.jsonl", "{}\n");
    write("test.jsonl", "{}\n");
    write("model.safetensors", "x");
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  fs::path write(const std::string& name, std::string_view text) const {
    std::ofstream(path / name, std::ios::binary) << text;
    return path / name;
  }
  fs::path path;
};

const Folder& folder() {
  static const Folder made;
  return made;
}

}  // namespace

void read_weights(std::string_view input) {
  const fs::path file = folder().write("x.safetensors", input);
  survive([&] {
    for (const TensorInfo& tensor : read_safetensors(file).tensors) {
      if (tensor.begin > tensor.end || tensor.end > input.size()) {
        broken("a tensor lies inside its file");
      }
    }
  });
}

void read_index(std::string_view input) {
  folder().write("model.safetensors.index.json", input);
  survive([&] {
    for (const fs::path& file : weight_files(folder().path)) {
      if (file.parent_path() != folder().path) broken("a shard lies in the model's folder");
    }
  });
}

void read_tokenizer(std::string_view input) {
  const auto parts = parts_of(input, 2);
  const fs::path config = folder().path / "tokenizer_config.json";
  fs::remove(config);
  if (!parts[0].empty()) folder().write(config.filename(), parts[0]);
  folder().write("tokenizer.json", parts[1]);
  survive([&] {
    const Tokenizer tokenizer = Tokenizer::open(folder().path);
    const auto ids = tokenizer.encode("Hello, w\xC3\xB6rld \xF0\x9F\x99\x82", true);
    for (const int64_t id : ids) {
      if (id < 0 || id > tokenizer.max_id()) broken("ids are of the vocabulary");
    }
    tokenizer.decode(ids, false);
  });
  fs::remove(config);
}

void render_template(std::string_view input) {
  using Json = nlohmann::ordered_json;
  static const Json messages = Json::parse(
      R"([{"role": "system", "content": "s"}, {"role": "user", "content": "héllo"},
          {"role": "assistant", "content": "", "tool_calls":
           [{"type": "function", "function": {"name": "f", "arguments": {"x": [1, 2.5, null]}}}]},
          {"role": "tool", "content": "{}"}])");
  static const Json tools =
      Json::parse(R"([{"type": "function", "function": {"name": "f", "parameters": {}}}])");
  survive([&] {
    const ChatTemplate chat(std::string(input), Json::object());
    survive([&] { chat.render(messages, nullptr, true, nullptr); });
    survive([&] { chat.render(messages, tools, false, Json{{"enable_thinking", false}}); });
  });
}

void read_pack_toml(std::string_view input) {
  folder().write("pack.toml", input);
  std::vector<Finding> findings;
  const std::optional<Pack> pack = read_pack(folder().path, collecting(findings));
  if (!pack && findings.empty()) broken("a pack that is not read has a fault");
  survive([&] { read_pack(folder().path); });
}

void read_json_lines(std::string_view input) {
  const fs::path file = folder().write("rows.jsonl", input);
  std::vector<Finding> findings;
  for (const Row& row : read_rows(file, 0, collecting(findings))) row.json();
}

void read_csv_table(std::string_view input) {
  const fs::path file = folder().write("rows.csv", input);
  std::vector<Finding> findings;
  for (const Row& row : read_rows(file, 0, collecting(findings))) row.json();
}

void read_run_toml(std::string_view input) {
  const fs::path file = folder().write("run.toml", input);
  survive([&] { read_manifest(file, {}); });
}

void read_library(std::string_view input) {
  const fs::path file = folder().write("plugin.so", input);
  survive([&] { read_dynamic_symbols(file); });
}

}  // namespace tuneval::fuzz
