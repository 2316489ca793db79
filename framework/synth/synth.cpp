#include "framework/synth/synth.h"

#include "framework/synth/maker.h"

#include <algorithm>

namespace tuneval {

namespace {

using Json = nlohmann::ordered_json;

bool is_blank(const Json& value) {
  return value.is_null() || (value.is_string() && value.get_ref<const std::string&>().empty());
}

/// The input without what it leaves blank and every row of the seed fills: that is where the answer
/// is to come, as in a table with an empty last column. Left in it would be a part of the input
/// that no answer may change.
std::string without_blanks(const SynthTask& task, const std::string& input) {
  const Json whole = Json::parse(input);
  Json kept = Json::object();
  for (const auto& [key, value] : whole.items()) {
    const bool is_filled = std::ranges::all_of(task.seeds, [&name = key](const ReadRow& seed) {
      return seed.row.contains(name) && !is_blank(seed.row[name]);
    });
    if (!is_blank(value) || !is_filled) kept[key] = value;
  }
  return kept.size() == whole.size() ? input : kept.dump();
}

}  // namespace

SynthTeacher synth_teacher(Teacher& teacher, const std::atomic<bool>* stop) {
  return {teacher.options(),
          [&teacher, stop](std::span<const TeacherRequest> requests,
                           const std::function<void(size_t, TeacherReply)>& take) {
            teacher.ask_all(requests, take, stop);
          }};
}

SynthReport synthesize(const Registry& registry, const Pack& pack, const SynthTeacher& teacher,
                       const SynthOptions& options, const std::filesystem::path& folder,
                       const SynthProgress& progress) {
  check_synth_options(options);
  const SynthTask task = read_synth_task(registry, pack, options.seed_rows);
  SynthOptions cleared = options;
  for (std::string& input : cleared.inputs) input = without_blanks(task, input);
  const ResultFolder result(folder, synth_identity(task, cleared, teacher.options));
  if (result.complete()) return *result.complete();
  LostReplies lost(result.path() / "lost.json");
  Maker maker(task, cleared, teacher, lost);
  maker.run(progress);
  const SynthReport& report = maker.report();
  result.write(task, cleared, maker.lines(), report);
  // It ended by itself: who runs it again hopes for what was lost.
  if (!report.complete && !report.resumable) lost.forget();
  return report;
}

}  // namespace tuneval
