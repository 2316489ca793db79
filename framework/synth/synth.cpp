#include "framework/synth/synth.h"

#include "framework/synth/maker.h"

namespace tuneval {

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
  const ResultFolder result(folder, synth_identity(task, options, teacher.options));
  if (result.complete()) return *result.complete();
  Maker maker(task, options, teacher);
  maker.run(progress);
  result.write(task, options, maker.lines(), maker.report());
  return maker.report();
}

}  // namespace tuneval
