#pragma once

#include "framework/loader/loader.h"
#include "tuneval/error.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace tuneval {

/// All plugins of this build, loaded once.
inline const Registry& plugins() {
  static const Registry registry = [] {
    const std::filesystem::path names[] = {"accuracy.so", "macro_f1.so", "classification.so",
                                           "chat.so"};
    std::vector<std::filesystem::path> files;
    for (const auto& name : names)
      files.push_back(std::filesystem::path(TUNEVAL_PLUGIN_DIR) / name);
    return load_plugins(files);
  }();
  return registry;
}

inline TaskOptions task_options(const std::string& json,
                                const std::string& description = "Sort it.") {
  return {description, Config::parse(json, "pack.toml", ConfigKind::data)};
}

inline Row row_of(const std::string& json) {
  return Row::parse(json, "train.jsonl:7", ConfigKind::data);
}

/// The message of the DataError that `action` throws; fails when it throws none.
template <typename Action>
std::string data_error(Action action) {
  try {
    action();
  } catch (const DataError& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

}  // namespace tuneval
