// scripted_teacher PORT_FILE SCRIPT_FILE LOG_FILE: a scripted teacher in a process of its own, for
// tests that kill its client. Writes its base_url into PORT_FILE once it listens, and a line of
// JSON for each request into LOG_FILE: {"body": …, "status": 200, "paid": true}. Runs until it is
// killed or its standard input ends.
#include "tests/support/scripted_rows.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>

namespace tuneval::test {
namespace {

nlohmann::json read_script(const char* file) {
  std::ifstream stream(file, std::ios::binary);
  return nlohmann::json::parse(stream);
}

/// Whole or not there: who waits for it reads it at once.
void write_at_once(const std::filesystem::path& file, const std::string& text) {
  const std::filesystem::path unfinished = file.string() + ".part";
  std::ofstream(unfinished, std::ios::binary) << text;
  std::filesystem::rename(unfinished, file);
}

[[noreturn]] void serve(const char* port_file, const char* script_file, const char* log_file) {
  std::ofstream lines(log_file, std::ios::binary | std::ios::app);
  const auto log = [&lines](const ScriptedTeacher::Seen& request, const TeacherStep& step) {
    const nlohmann::ordered_json line = {
        {"body", request.body}, {"status", step.status}, {"paid", step.paid}};
    lines << line.dump() << std::endl;
  };
  const ScriptedTeacher teacher(script_from(read_script(script_file)), log);
  write_at_once(port_file, teacher.base_url());
  while (true) ::pause();
}

}  // namespace
}  // namespace tuneval::test

int main(int count, char** arguments) {
  if (count != 4) {
    fmt::print(stderr, "usage: scripted_teacher PORT_FILE SCRIPT_FILE LOG_FILE\n");
    return 2;
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  try {
    tuneval::test::serve(arguments[1], arguments[2], arguments[3]);
  } catch (const std::exception& error) {
    fmt::print(stderr, "scripted_teacher: {}\n", error.what());
    return 2;
  }
}
