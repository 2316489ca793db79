#pragma once

#include "framework/manifest/manifest.h"
#include "tests/support/folder.h"
#include "tests/support/toy_models.h"

#include <fmt/format.h>

#include <string>

namespace tuneval::test {

/// The rows of a toy pack: the last word of an input decides which of three words is its class.
inline std::string pack_rows(size_t count, size_t first = 0) {
  std::string rows;
  for (size_t i = first; i < first + count; ++i) {
    rows += fmt::format("{{\"input\": \"{} w{}\", \"label\": \"w{}\"}}\n",
                        words(random_ids(1 + i % 4, i)), 60 + i % 3, 30 + i % 3);
  }
  return rows;
}

inline std::string pack_toml(const std::string& name) {
  return fmt::format(R"(name = "{}"
task_type = "classification"
description = "w10 w11"
licence = "Apache-2.0"
[options]
classes = ["w30", "w31", "w32"]
prompt = "{{description}} {{input}}"
)",
                     name);
}

/// A manifest over toy models and toy packs, in a folder of its own.
struct ToyRun {
  ToyRun() {
    manifest.name = "toy";
    manifest.output = folder.path() / "runs";
    manifest.tuning.epochs = 2;
    manifest.tuning.learning_rate = 5e-3;
    manifest.tuning.rank = 4;
    manifest.tuning.alpha = 8;
    manifest.tuning.batch_size = 4;
    manifest.scoring.max_new_tokens = 4;
  }

  ModelEntry& add_model(const std::string& fixture) {
    write_toy(fixture, model_folder(fixture));
    ModelEntry entry;
    entry.name = fixture;
    entry.path = model_folder(fixture);
    entry.where = "run.toml:3:1";
    return manifest.models.emplace_back(std::move(entry));
  }
  /// 12 rows to train on and 6 to test, the same for every name but for where they begin.
  TaskEntry& add_task(const std::string& name, size_t first = 0) {
    write_text(pack_folder(name) / "pack.toml", pack_toml(name));
    write_text(pack_folder(name) / "train.jsonl", pack_rows(12, first));
    write_text(pack_folder(name) / "test.jsonl", pack_rows(6, first + 100));
    TaskEntry entry;
    entry.name = name;
    entry.pack = pack_folder(name);
    entry.where = "run.toml:7:1";
    return manifest.tasks.emplace_back(std::move(entry));
  }
  /// Gives a task's pack so many seed rows.
  void add_seed(const std::string& name, size_t count) const {
    const auto pack = pack_folder(name);
    write_text(pack / "seed.jsonl", pack_rows(count, 300));
    write_text(pack / "pack.toml",
               read_text(pack / "pack.toml") + "[files]\nseed = \"seed.jsonl\"\n");
  }
  std::filesystem::path model_folder(const std::string& name) const {
    return folder.path() / "models" / name;
  }
  std::filesystem::path pack_folder(const std::string& name) const {
    return folder.path() / "packs" / name;
  }

  TempFolder folder;
  Manifest manifest;
};

}  // namespace tuneval::test
