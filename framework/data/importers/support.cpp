#include "framework/data/importers/support.h"

#include "framework/data/fold.h"
#include "framework/data/hash.h"
#include "framework/manifest/nearest.h"
#include "tuneval/error.h"
#include "tuneval/metric/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>
#include <unordered_set>

namespace tuneval {

using Json = nlohmann::ordered_json;

namespace {

constexpr double kTestShare = 0.2;
constexpr std::array kEntityKeys = {"value", "replacement_token", "reason"};

/// The rows of a group, as places in the source's order.
struct Group {
  std::string digest;
  std::vector<size_t> rows;
};

/// The groups of each stratum, in the order in which they are drawn.
std::map<std::string, std::vector<Group>> draw_groups(const std::vector<ImportedRow>& rows,
                                                      int64_t seed) {
  std::map<std::string, std::map<std::string, Group>> strata;
  std::map<std::string, size_t> counts;
  for (size_t i = 0; i < rows.size(); ++i) {
    const size_t number = ++counts[rows[i].stratum];
    const std::string name =
        rows[i].group.empty() ? fmt::format("row {}", number) : "group " + rows[i].group;
    strata[rows[i].stratum][name].rows.push_back(i);
  }
  std::map<std::string, std::vector<Group>> drawn;
  for (auto& [stratum, groups] : strata) {
    for (auto& [name, group] : groups) {
      ContentHash hash;
      hash.add(std::to_string(seed));
      hash.add(name);
      group.digest = hash.hex();
      drawn[stratum].push_back(std::move(group));
    }
    std::ranges::sort(drawn[stratum], {}, &Group::digest);
  }
  return drawn;
}

/// Places of the rows of one stratum that go to the test split; one group at least stays.
void take_test(const std::vector<Group>& groups, double share, std::unordered_set<size_t>& test) {
  size_t total = 0, taken = 0;
  for (const Group& group : groups) total += group.rows.size();
  for (size_t i = 0; i + 1 < groups.size(); ++i) {
    if (static_cast<double>(taken) >= share * static_cast<double>(total)) return;
    test.insert(groups[i].rows.begin(), groups[i].rows.end());
    taken += groups[i].rows.size();
  }
}

}  // namespace

std::vector<ImportedRow> labelled_rows(const std::vector<LabelledText>& texts) {
  std::vector<ImportedRow> rows;
  for (const LabelledText& text : texts) {
    rows.push_back({.row = Json{{"input", text.input}, {"label", text.label}},
                    .prompt = text.input,
                    .where = text.where,
                    .group = {},
                    .stratum = text.label});
  }
  return rows;
}

Json class_options(const std::vector<std::string>& names) {
  Json classes = Json::array();
  for (const std::string& name : names) classes.push_back(Json{{"name", name}});
  return classes;
}

std::vector<LabelledText> read_labelled_csv(const std::filesystem::path& file,
                                            const std::string& input_column,
                                            const std::string& label_column) {
  std::vector<LabelledText> texts;
  for (const Row& row : read_rows(file)) {
    require_column(row, input_column, "--input-column");
    require_column(row, label_column, "--label-column");
    const LabelledText text{row.text(input_column), std::string(trim(row.text(label_column))),
                            row.where()};
    if (trim(text.input).empty()) row.fail(input_column, "is empty");
    if (text.label.empty()) row.fail(label_column, "is empty");
    texts.push_back(text);
  }
  if (texts.empty()) throw DataError(fmt::format("{}: holds no rows", file.string()));
  return texts;
}

void require_column(const Row& row, const std::string& column, std::string_view option) {
  if (row.has(column)) return;
  const std::vector<std::string> keys = row.keys();
  // A null counts as absent, but a message that the column is not there would puzzle.
  if (std::ranges::find(keys, column) != keys.end()) row.fail(column, "is null");
  throw DataError(fmt::format("{}: no column \"{}\" ({}): {}", row.where(), column, option,
                              suggestion(column, keys)));
}

std::string joined(const std::vector<std::string_view>& parts) {
  std::string text;
  for (const std::string_view part : parts) text += fold_space(part) + '\x1f';
  return text;
}

void drop_repeats(std::vector<ImportedRow>& rows, std::vector<Finding>& skipped) {
  std::unordered_map<std::string, std::string> seen;  // folded prompt → where
  std::vector<ImportedRow> kept;
  for (ImportedRow& row : rows) {
    const auto [entry, fresh] = seen.try_emplace(fold_space(row.prompt), row.where);
    if (fresh) {
      kept.push_back(std::move(row));
    } else {
      skipped.push_back({Severity::warning, row.where,
                         fmt::format("left out: the same input as {}", entry->second)});
    }
  }
  rows = std::move(kept);
}

void split_rows(ImportedPack& pack, const ImportOptions& options,
                const std::filesystem::path& source) {
  drop_repeats(pack.train, pack.skipped);
  const auto strata = draw_groups(pack.train, options.seed.value_or(0));
  std::unordered_set<size_t> test;
  for (const auto& [stratum, groups] : strata) {
    take_test(groups, options.test_share.value_or(kTestShare), test);
  }
  if (test.empty()) {
    throw DataError(fmt::format(
        "{}: {} rows that belong together, or fewer than two: there is nothing to split",
        source.string(), pack.train.size()));
  }
  std::vector<ImportedRow> kept;
  for (size_t i = 0; i < pack.train.size(); ++i) {
    (test.contains(i) ? pack.test : kept).push_back(std::move(pack.train[i]));
  }
  pack.train = std::move(kept);
}

void set_no_answer(ImportedPack& pack) {
  const auto has_none = [](const ImportedRow& one) {
    if (one.row.contains("answers")) return one.row["answers"].empty();
    return trim(one.row["answer"].get_ref<const std::string&>()).empty();
  };
  if (!std::ranges::any_of(pack.train, has_none) && !std::ranges::any_of(pack.test, has_none)) {
    return;
  }
  pack.options["no_answer"] = "unanswerable";
}

bool is_redaction(const Json& answer) {
  if (!answer.is_object() || answer.size() != 2) return false;
  const Json text = answer.value("redacted_text", Json());
  const Json entities = answer.value("entities", Json());
  return text.is_string() && entities.is_array() &&
         std::ranges::all_of(entities, [](const Json& entity) {
           if (!entity.is_object() || entity.size() != 3) return false;
           return std::ranges::all_of(kEntityKeys, [&](const char* key) {
             return entity.contains(key) && entity[key].is_string();
           });
         });
}

void set_redaction(ImportedPack& pack) {
  const Json text = {{"type", "string"}};
  const Json entity = {
      {"type", "object"},
      {"properties", {{"value", text}, {"replacement_token", text}, {"reason", text}}},
      {"required", kEntityKeys},
      {"additionalProperties", false}};
  const Json entities = {{"type", "array"}, {"items", entity}};
  pack.task_type = "information_extraction";
  pack.metrics = {"pii_redaction", "field_f1", "exact_match", "json_valid", "format_valid"};
  pack.options["output"] = "json";
  pack.options["verbatim"] = Json::array({"value"});
  // The answer repeats the text and names each entity besides.
  pack.options["max_new_tokens"] = 1024;
  pack.options["schema"] = {{"type", "object"},
                            {"properties", {{"redacted_text", text}, {"entities", entities}}},
                            {"required", {"redacted_text", "entities"}},
                            {"additionalProperties", false}};
}

}  // namespace tuneval
