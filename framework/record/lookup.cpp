#include "framework/record/lookup.h"

#include "tuneval/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <set>
#include <vector>

namespace tuneval {
namespace {

[[noreturn]] void fail(const RecordStore& store, const std::string& message) {
  throw RecordError(fmt::format("{}: {}", store.output().string(), message));
}

/// The records whose `name` is as asked; a refusal lists the names that there are.
template <class Name>
void keep_named(std::vector<CellRecord>& records, std::string_view asked, const Name& name,
                const std::function<void(const std::set<std::string>&)>& refuse) {
  std::set<std::string> there;
  for (const CellRecord& record : records) there.insert(name(record));
  if (!there.contains(std::string(asked))) refuse(there);
  std::erase_if(records, [&](const CellRecord& record) { return name(record) != asked; });
}

/// What to say of records that might have been the one looked for.
std::string unreadable(const StoredRecords& stored) {
  return stored.faults.empty() ? std::string()
                               : fmt::format(" (not read: {})", fmt::join(stored.faults, "; "));
}

CellRecord only_done(const RecordStore& store, std::vector<CellRecord> records,
                     const std::string& cell) {
  const CellRecord failed = records.front();
  std::erase_if(records, [](const CellRecord& record) { return !record.done(); });
  if (records.empty()) {
    fail(store, fmt::format("{} failed ({}: {}): run it again", cell, failed.error->kind,
                            failed.error->message));
  }
  // Of several seeds the first, which alone was scored before tuning too.
  const auto has_base = [](const CellRecord& record) { return record.base.has_value(); };
  if (std::ranges::any_of(records, has_base)) {
    std::erase_if(records, [&](const CellRecord& record) { return !has_base(record); });
  }
  if (records.size() > 1) {
    std::vector<std::string> ids;
    for (const CellRecord& record : records) {
      ids.push_back(fmt::format("{} (finished {})", record.id, record.finished));
    }
    fail(store, fmt::format("{} has {} records: choose one by its id: {}", cell, records.size(),
                            fmt::join(ids, ", ")));
  }
  return records.front();
}

}  // namespace

CellRecord find_tuned(const RecordStore& store, std::string_view model, std::string_view task,
                      std::string_view id) {
  StoredRecords stored = store.read_all();
  std::vector<CellRecord>& records = stored.records;
  std::erase_if(records, [&](const CellRecord& one) {
    return one.id != id && (one.kind != CellKind::model || one.band);
  });
  if (records.empty()) {
    fail(store, "no records: expected a run folder with records/*.json" + unreadable(stored));
  }
  const auto refuse = [&](const std::string& kind, std::string_view asked) {
    return [&store, &stored, kind, asked](const std::set<std::string>& there) {
      fail(store, fmt::format("there is no record of {} \"{}\": expected one of {}{}", kind, asked,
                              fmt::join(there, ", "), unreadable(stored)));
    };
  };
  keep_named(
      records, model, [](const CellRecord& one) { return one.model.name; }, refuse("model", model));
  keep_named(
      records, task, [](const CellRecord& one) { return one.task.name; },
      refuse(fmt::format("{} on task", model), task));
  if (!id.empty()) {
    keep_named(
        records, id, [](const CellRecord& one) { return one.id; }, refuse("id", id));
  }
  CellRecord record = only_done(store, std::move(records), fmt::format("{} on {}", model, task));
  if (!record.tune || record.tune->adapter.empty()) {
    fail(store, fmt::format("{} on {} kept no adapter: it was tuned with adapter = \"{}\"", model,
                            task, record.recipe.value("adapter", "none")));
  }
  return record;
}

}  // namespace tuneval
