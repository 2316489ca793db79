#pragma once

#include "framework/data/import.h"
#include "framework/data/pack.h"
#include "framework/data/rows.h"
#include "pack_folder.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace tuneval {

/// Tests that import what they write into `folder`/source.
class ImportFolder : public PackFolder {
 protected:
  using Json = nlohmann::ordered_json;

  /// Imports a part of the folder, or all of "source", into `folder`/to.
  ImportReport import(const std::string& format, const ImportOptions& options = {},
                      const std::string& from = "source", const std::string& to = "pack") {
    return import_pack(format, folder / from, folder / to, options);
  }

  /// The message with which an import is refused, the folder written "@". Nothing may be left.
  template <typename Kind = DataError>
  std::string refusal(const std::string& format, const ImportOptions& options = {},
                      const std::string& from = "source") {
    std::string text = message_of<Kind>([&] { import(format, options, from, "refused"); });
    EXPECT_FALSE(std::filesystem::exists(folder / "refused"));
    const std::string name = folder.string();
    for (size_t i = 0; (i = text.find(name)) != std::string::npos;)
      text.replace(i, name.size(), "@");
    return text;
  }

  /// The rows of a split of the pack.
  std::vector<Json> rows(const std::string& split, const std::string& pack = "pack") const {
    std::vector<Json> rows;
    for (const Row& row : read_rows(folder / pack / (split + ".jsonl"))) {
      rows.push_back(Json::parse(row.json()));
    }
    return rows;
  }

  Json options(const std::string& pack = "pack") const {
    return Json::parse(read_pack(folder / pack).options.options.json());
  }

  /// The texts of findings, the folder written "@".
  std::vector<std::string> texts(const std::vector<Finding>& findings) const {
    std::vector<std::string> texts;
    for (const Finding& one : findings) {
      std::string text = one.text();
      for (size_t i = 0; (i = text.find(folder.string())) != std::string::npos;) {
        text.replace(i, folder.string().size(), "@");
      }
      texts.push_back(text);
    }
    return texts;
  }

  /// What all files of an imported pack hold, by name.
  std::string bytes(const std::string& pack) const {
    std::string all;
    for (const char* name : {"pack.toml", "train.jsonl", "test.jsonl", "unstructured.jsonl"}) {
      const auto file = folder / pack / name;
      if (std::filesystem::exists(file)) all += name + ("\n" + read_file(file));
    }
    return all;
  }
};

}  // namespace tuneval
